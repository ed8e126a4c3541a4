"""Everybody's own inbox: what comes in, what is counted, who reads it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from rest_framework.test import APIClient

from backend.accounts import scope
from backend.accounts.models import User
from backend.messages.inbox import carrying
from backend.messages.inbox.models import InboxMessage
from tests.backend.messages.places import State, fate, posted
from tests.factories import ManagerFactory, OfficerFactory, OrganisationFactory, PartnerFactory
from tests.support.browsing import signed_in, words
from tests.support.http import token_for

pytestmark = pytest.mark.usefixtures("db")
RunJobs = Callable[[], int]


def api(user: User) -> APIClient:
    client = APIClient(headers={"accept": "application/json", "accept-language": "en"})
    client.credentials(HTTP_AUTHORIZATION=f"Token {token_for(user)}")
    return client


def test_a_message_lies_in_the_inbox_once_however_often_it_is_sent(run_jobs: RunJobs) -> None:
    clerk = PartnerFactory()
    sent = posted(clerk)
    run_jobs()
    carrying.transmit(fate(sent))
    with scope.everything():
        assert InboxMessage.objects.filter(user=clerk.pk).count() == 1
    now = fate(sent)
    assert (now.state, now.answer, now.sent_at is not None) == (State.SENT, "[kept]", True)


def test_nobody_gets_what_is_another_partners_or_signs_in_no_more(run_jobs: RunJobs) -> None:
    clerk, gone = PartnerFactory(), PartnerFactory(is_active=False)
    with scope.everything():
        wrong = posted(clerk, "k1")
        wrong.organisation = OrganisationFactory()
        wrong.save()
    late, no_number = posted(gone, "k2"), posted(clerk, "k3")
    with scope.everything():
        no_number.recipient = "clerk@example.com"
        no_number.save()
    run_jobs()
    assert [fate(one).answer for one in (wrong, late, no_number)] == ["[not_theirs]"] * 3
    with scope.everything():
        assert not InboxMessage.objects.exists()


def test_staff_get_what_is_about_a_partner(run_jobs: RunJobs) -> None:
    officer = OfficerFactory()
    with scope.everything():
        sent = posted(officer)
        sent.organisation = OrganisationFactory()
        sent.save()
    run_jobs()
    assert fate(sent).state == State.SENT
    assert "季度填报" in words(signed_in(officer).get("/inbox/"))


def test_only_its_owner_reads_an_inbox_and_the_second_wall_holds_too(run_jobs: RunJobs) -> None:
    clerk = PartnerFactory()
    colleague, officer = PartnerFactory(organisation=clerk.organisation), OfficerFactory()
    posted(clerk)
    run_jobs()
    for other in (colleague, officer, ManagerFactory()):
        assert api(other).get("/api/v1/inbox/").json()["results"] == []
        with transaction.atomic():
            scope.enter(other)
            assert not InboxMessage.objects.exists(), "by row security alone"
    with transaction.atomic():
        scope.enter(clerk)
        assert InboxMessage.objects.count() == 1


def test_the_head_of_every_page_counts_what_is_unread(run_jobs: RunJobs) -> None:
    clerk = PartnerFactory()
    browser = signed_in(clerk)
    assert "unread" not in words(browser.get("/account/"))
    for number in range(3):
        posted(clerk, f"k{number}")
    run_jobs()
    assert "unread 3" in words(browser.get("/account/"))
    with scope.everything():
        first = InboxMessage.objects.order_by("pk").first()
    assert first is not None
    assert browser.post(f"/inbox/{first.pk}/mark/", {"read": "true"}).status_code == 303
    assert "unread 2" in words(browser.get("/account/"))
    assert browser.post(f"/inbox/{first.pk}/mark/", {"read": "false"}).status_code == 303
    assert "unread 3" in words(browser.get("/account/"))
    browser.post("/inbox/read/")
    assert "unread" not in words(browser.get("/account/"))


def test_to_open_a_message_is_to_have_read_it(run_jobs: RunJobs) -> None:
    clerk = PartnerFactory()
    browser = signed_in(clerk)
    posted(clerk, "k1")
    posted(clerk, "k2")
    run_jobs()
    with scope.everything():
        first = InboxMessage.objects.order_by("pk")[0]
    assert f'hx-post="/inbox/{first.pk}/mark/" hx-trigger="toggle once"' in browser.get("/inbox/").content.decode()
    asked = {"HX-Request": "true", "HX-Current-URL": "http://testserver/inbox/?unread=true"}
    answer = browser.post(f"/inbox/{first.pk}/mark/", {"read": "true"}, headers=asked)
    part = answer.content.decode()
    assert answer.status_code == 200
    assert "unread 1" in words(answer), "the head's number goes along"
    assert 'name="next" value="/inbox/?unread=true"' in part
    assert "Mark as unread" in part
    page = browser.get("/inbox/").content.decode()
    assert f'hx-post="/inbox/{first.pk}/mark/"' not in page, "what was read is not read again"
    with scope.everything():
        assert InboxMessage.objects.get(pk=first.pk).read_at is not None


def test_more_than_a_hundred_is_not_counted_out(monkeypatch: pytest.MonkeyPatch, run_jobs: RunJobs) -> None:
    clerk = PartnerFactory()
    for number in range(100):
        posted(clerk, f"k{number}")
    run_jobs()
    assert "unread 99+" in words(signed_in(clerk).get("/account/"))


def test_filters_and_marking_over_http(run_jobs: RunJobs) -> None:
    clerk = PartnerFactory(read_only=True)
    posted(clerk, "k1", subject="第一季度")
    posted(clerk, "k2", subject="第二季度")
    run_jobs()
    caller = api(clerk)

    def listed(**filters: Any) -> list[str]:
        return [row["subject"] for row in caller.get("/api/v1/inbox/", filters).json()["results"]]

    assert listed() == ["第二季度", "第一季度"]
    assert listed(search="第一") == ["第一季度"]
    [second, first] = caller.get("/api/v1/inbox/").json()["results"]
    assert (first["text"], first["read_at"]) == ("请于 7 月 15 日前填报。", None)
    marked = caller.post("/api/v1/inbox/mark/", {"ids": [first["id"], 10**9]}, format="json")
    assert marked.json() == {"marked": 1, "unread": 1}
    assert (listed(unread="true"), listed(unread="false")) == (["第二季度"], ["第一季度"])
    assert (listed(since="2999-01-01"), listed(until="2000-01-01")) == ([], [])
    assert caller.post("/api/v1/inbox/mark/", {}, format="json").json() == {"marked": 1, "unread": 0}
    back = caller.post("/api/v1/inbox/mark/", {"ids": [second["id"]], "read": False}, format="json")
    assert back.json() == {"marked": 1, "unread": 1}


def test_what_somebody_wrote_into_a_message_is_no_markup(run_jobs: RunJobs) -> None:
    clerk = PartnerFactory()
    posted(clerk, subject="<b>粗</b>", text="<script>alert(1)</script> https://shugu.example.org/submissions/7/")
    run_jobs()
    page = signed_in(clerk).get("/inbox/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;b&gt;粗" in page
    assert 'href="https://shugu.example.org/submissions/7/"' in page

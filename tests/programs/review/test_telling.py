"""What partners and officers hear of decisions and questions: in the inbox and by webhooks, each once."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from backend.accounts import scope
from backend.accounts.models import User
from backend.messages.inbox.models import InboxMessage
from backend.messages.models import Delivery
from backend.outbox.models import Effect
from backend.outbox.services import deliver
from programs.records.models import Record
from programs.review import telling
from tests.backend.messages.places import endpoint
from tests.factories import BureauFactory, OfficerFactory, OrganisationFactory, PartnerFactory
from tests.programs.desks.officer.world import reported
from tests.support.http import Caller

pytestmark = pytest.mark.django_db
RunJobs = Callable[[], int]


@pytest.fixture
def records() -> list[Record]:
    return reported(3, organisation=OrganisationFactory(code="GZU", name_en="First University"))


@pytest.fixture
def clerk(records: list[Record]) -> User:
    return PartnerFactory(organisation=records[0].organisation, language="en")


@pytest.fixture
def officer() -> User:
    return OfficerFactory(username="li", language="en")


def inbox(user: User) -> list[tuple[str, str]]:
    """Subjects and texts that somebody has, the earliest first."""
    with scope.everything():
        rows = InboxMessage.objects.filter(user=user.pk).order_by("pk")
        return list(rows.values_list("delivery__subject", "delivery__text"))


def events(event: str) -> list[dict[str, Any]]:
    """What webhooks are told of an event."""
    with scope.everything():
        rows = Delivery.objects.filter(channel="webhook", subject=event).order_by("pk")
        return [json.loads(one.text) for one in rows]


def decide(officer: User, decision: str, ids: list[int], reason: str = "证书编号有误") -> None:
    body = {"ids": ids, "decision": decision, "reason": reason}
    answer = Caller(officer).post("records/decide/", body, format="json")
    assert answer.status_code in (200, 202), answer.content


def test_what_came_back_by_one_stroke_is_one_message(
    records: list[Record], clerk: User, officer: User, run_jobs: RunJobs
) -> None:
    reader = PartnerFactory(organisation=clerk.organisation, read_only=True)
    stranger = PartnerFactory()
    decide(officer, "return", [one.pk for one in records[:2]])
    decide(officer, "return", [records[2].pk])
    run_jobs()
    run_jobs()
    (several, text), (single, own) = inbox(clerk)
    assert several == "2 records came back to you"
    assert "证书编号有误" in text
    assert "/records/?state=returned" in text
    assert single == f"Record {records[2].pk} came back to you"
    assert f"/records/{records[2].pk}/" in own
    assert inbox(reader) == inbox(stranger) == inbox(officer) == []


def test_what_was_verified_is_told_to_webhooks_alone(
    records: list[Record], clerk: User, officer: User, run_jobs: RunJobs
) -> None:
    ours = clerk.organisation
    assert ours is not None
    endpoint("webhook", "https://hooks.example.org", organisation=ours, events=["records.decided"])
    endpoint("webhook", "https://hooks.example.org", organisation=BureauFactory(), events=["records.decided"])
    endpoint("webhook", "https://hooks.example.org", organisation=OrganisationFactory(), events=["records.decided"])
    [other] = reported(1)
    decide(officer, "verify", [*(one.pk for one in records), other.pk], "")
    run_jobs()
    told = [one["data"] for one in events("records.decided")]
    mine = {"organisation": "GZU", "decision": "verify", "records": [one.pk for one in records]}
    assert [one for one in told if one.items() >= mine.items()] == [one for one in told if one["organisation"] == "GZU"]
    assert sorted(one["organisation"] for one in told) == sorted(["GZU", "GZU", other.organisation.code])
    assert inbox(clerk) == []


def test_an_effect_that_is_carried_out_again_tells_nobody_again(
    records: list[Record], clerk: User, officer: User, run_jobs: RunJobs
) -> None:
    decide(officer, "return", [one.pk for one in records])
    run_jobs()
    with scope.everything():
        effect = Effect.objects.get(topic=telling.DECIDED)
        Effect.objects.filter(pk=effect.pk).update(done_at=None)
    assert deliver(effect.pk)
    run_jobs()
    assert len(inbox(clerk)) == 1


def test_a_preview_tells_nobody(records: list[Record], clerk: User, officer: User, run_jobs: RunJobs) -> None:
    body = {"ids": [one.pk for one in records], "decision": "return", "reason": "–"}
    answer = Caller(officer).post("records/decide/preview/", body, format="json")
    assert answer.status_code in (200, 202), answer.content
    run_jobs()
    assert inbox(clerk) == []


def test_a_question_and_its_answer(records: list[Record], clerk: User, officer: User, run_jobs: RunJobs) -> None:
    colleague = OfficerFactory(language="en")
    endpoint("webhook", "https://hooks.example.org", organisation=clerk.organisation, events=["thread.said"])
    asked = Caller(officer).post("threads/", {"record": records[0].pk, "text": "Which school?"}, format="json").json()
    run_jobs()
    [(subject, text)] = inbox(clerk)
    assert subject == f"The bureau asks about record {records[0].pk}"
    assert "Which school?" in text
    assert f"/threads/{asked['id']}/" in text
    answer = Caller(clerk).post(f"threads/{asked['id']}/messages/", {"text": "贵州大学"}, format="json")
    assert answer.status_code == 201, answer.content
    run_jobs()
    [(subject, text)] = inbox(officer)
    assert subject == f"First University writes about record {records[0].pk}"
    assert "贵州大学" in text
    assert inbox(colleague) == [], "who takes no part in it is not disturbed"
    told = events("thread.said")
    assert [one["data"]["by_bureau"] for one in told] == [True, False]
    assert "贵州大学" not in str(told)


def test_who_asks_the_bureau_reaches_every_officer(
    records: list[Record], clerk: User, officer: User, run_jobs: RunJobs
) -> None:
    Caller(clerk).post("threads/", {"record": records[0].pk, "text": "May we wait?"}, format="json")
    run_jobs()
    assert len(inbox(officer)) == 1
    assert inbox(clerk) == []

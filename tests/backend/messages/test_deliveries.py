"""The list of what went out: proof for officers, and a partner's own for the partner."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.accounts import scope
from backend.messages import services as messages
from backend.messages.models import Channel
from tests.backend.messages.places import posted
from tests.backend.messages.test_inbox import api
from tests.factories import OfficerFactory, OrganisationFactory, PartnerFactory
from tests.support.browsing import signed_in, words
from tests.support.mailbox import Mailbox

pytestmark = pytest.mark.usefixtures("db")
RunJobs = Callable[[], int]


def mailed(organisation_id: int, address: str, key: str, subject: str = "填报提醒") -> Any:
    with scope.everything():
        return messages.post(
            key=key,
            organisation_id=organisation_id,
            channel=Channel.EMAIL,
            recipient=address,
            language="zh-hans",
            subject=subject,
            text="正文",
            html="<p>正文</p>",
        )


def listed(user: Any, **filters: Any) -> list[dict[str, Any]]:
    answer = api(user).get("/api/v1/deliveries/", filters)
    assert answer.status_code == 200, answer.content
    rows: list[dict[str, Any]] = answer.json()["results"]
    return rows


def test_the_proof_says_who_when_and_what_was_answered(mailbox: Mailbox, run_jobs: RunJobs) -> None:
    clerk = PartnerFactory()
    mailbox.rcpt = lambda _address: "451 greylisted"
    sent = mailed(clerk.organisation_id, clerk.email, "k1")
    run_jobs()
    [row] = listed(OfficerFactory())
    assert (row["recipient"], row["channel"], row["state"], row["attempts"]) == (clerk.email, "email", "queued", 1)
    assert (row["answer"], row["sent_at"], row["message_id"]) == ("451 greylisted", None, sent.message_id)
    assert row["answered_at"] is not None
    assert row["next_try_at"] > row["answered_at"]
    assert "text" not in row
    whole = api(clerk).get(f"/api/v1/deliveries/{row['id']}/").json()
    assert (whole["text"], whole["answer"]) == ("正文", "451 greylisted")
    page = words(signed_in(clerk).get(f"/deliveries/{row['id']}/"))
    assert "451 greylisted" in page
    assert sent.message_id in page


def test_a_partner_sees_what_went_to_its_own_and_not_what_the_bureau_was_told_of_it(run_jobs: RunJobs) -> None:
    organisation = OrganisationFactory(contacts=[{"name": "李", "role": "leader", "email": "Li@Example.com"}])
    clerk, officer = PartnerFactory(organisation=organisation), OfficerFactory()
    mailed(organisation.pk, clerk.email.upper(), "k1")
    mailed(organisation.pk, "li@example.com", "k2")
    mailed(organisation.pk, officer.email, "k3", "超期升级")
    posted(clerk, "k4")
    with scope.everything():
        about = posted(officer, "k5")
        about.organisation = organisation
        about.save()
    mailed(OrganisationFactory().pk, clerk.email, "k6")
    assert [row["recipient"] for row in listed(clerk)] == [clerk.username, "li@example.com", clerk.email.upper()]
    assert len(listed(officer)) == 6
    assert api(clerk).get(f"/api/v1/deliveries/{about.pk}/").status_code == 404
    assert signed_in(clerk).get(f"/deliveries/{about.pk}/").status_code == 404


def test_filters_narrow_and_refuse_what_they_do_not_know() -> None:
    clerk, officer = PartnerFactory(), OfficerFactory()
    mailed(clerk.organisation_id, clerk.email, "k1", "甲")
    posted(clerk, "k2", subject="乙")
    subjects = {
        (("channel", "inbox"),): ["乙"],
        (("channel", "email"),): ["甲"],
        (("state", "queued"),): ["乙", "甲"],
        (("state", "sent"),): [],
        (("organisation", clerk.organisation.code),): ["乙", "甲"],
        (("organisation", "NONE"),): [],
        (("recipient", clerk.email.upper()),): ["甲"],
        (("search", "乙"),): ["乙"],
        (("since", "2999-01-01"),): [],
        (("until", "2999-01-01"), ("channel", "inbox")): ["乙"],
    }
    for filters, wanted in subjects.items():
        assert [row["subject"] for row in listed(officer, **dict(filters))] == wanted, filters
    for bad in ({"channel": "pigeon"}, {"state": "lost"}, {"no_such": "1"}, {"since": "yesterday"}):
        assert api(officer).get("/api/v1/deliveries/", bad).status_code == 400, bad
    assert "甲" not in words(signed_in(officer).get("/deliveries/?channel=inbox"))


def test_a_page_of_the_list_costs_the_same_however_long_it_is() -> None:
    clerk, officer = PartnerFactory(), OfficerFactory()
    browser = signed_in(officer)

    def written(number: int) -> None:
        mailed(clerk.organisation_id, clerk.email, f"m{number}")
        posted(clerk, f"i{number}")

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get("/deliveries/").status_code == 200
        return len(queries)

    written(0)
    asked()
    few = asked()
    for number in range(1, 20):
        written(number)
    assert asked() == few

"""What partners take back before the bureau has decided: one record, an amendment, a whole submission."""

from typing import Any

import pytest

from backend.accounts import scope
from programs.periods.expected import expect_obligations
from programs.periods.models import Obligation
from programs.submissions.models import Submission
from tests.support.partner import API, Partner

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner(db: None, run_jobs) -> Partner:  # type: ignore[no-untyped-def]
    return Partner(run_jobs)


def withdraw(partner: Partner, what: str, reason: str = "误报") -> Any:
    return partner.api.post(f"{API}{what}/withdraw/", {"reason": reason}, format="json")


def states(partner: Partner) -> list[str]:
    return [one["state"] for one in sorted(partner.records(), key=lambda one: one["row"])]


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rsplit("/", 1)[-1]


def test_a_record_reported_in_error_is_off_the_books_and_may_be_reported_anew(partner: Partner) -> None:
    partner.report([partner.row(1), partner.row(2)])
    record = min(one["id"] for one in partner.records())
    answer = withdraw(partner, f"records/{record}")
    assert answer.status_code == 200, answer.content
    assert (answer.json()["state"], answer.json()["reason"]) == ("withdrawn", "误报")
    assert withdraw(partner, f"records/{record}").status_code == 200, "taking back twice changes nothing"
    refused = partner.officer.post(f"{API}records/{record}/verify/")
    assert code(refused) == (409, "conflict")

    again = partner.report([partner.row(1), partner.row(2)], force="true")
    assert (again["counts"]["accepted"], again["counts"]["unchanged"]) == (1, 1)
    assert [one["state"] for one in partner.records()] == ["submitted", "submitted"]
    assert len(partner.records()) == 2


def test_a_returned_record_may_be_withdrawn_and_a_verified_one_may_not(partner: Partner) -> None:
    partner.report([partner.row(1)])
    [record] = partner.records()
    partner.decide("return")
    assert withdraw(partner, f"records/{record['id']}").status_code == 200
    partner.report([partner.row(1)], force="true")
    partner.decide("verify")
    assert code(withdraw(partner, f"records/{record['id']}")) == (409, "conflict")


def test_the_amendment_of_a_verified_record_is_taken_back_and_the_record_stands(partner: Partner) -> None:
    partner.report([partner.row(1)])
    partner.decide("verify")
    partner.report([partner.row(1, district="花溪区")])
    [record] = partner.records()
    assert record["pending"]
    answer = withdraw(partner, f"records/{record['id']}")
    assert (answer.json()["state"], answer.json()["pending"], answer.json()["district"]) == (
        "verified",
        False,
        "520102",
    )
    assert answer.json()["amendments"][0]["state"] == "withdrawn"
    assert partner.report([partner.row(1, district="花溪区")], force="true")["amendments"] == 1


def test_a_reason_is_needed_and_only_those_who_reported_take_back(partner: Partner) -> None:
    sent = partner.report([partner.row(1)])
    [record] = partner.records()
    for what in (f"records/{record['id']}", f"submissions/{sent['id']}"):
        assert code(withdraw(partner, what, " ")) == (400, "invalid")
        refused = partner.officer.post(f"{API}{what}/withdraw/", {"reason": "x"}, format="json")
        assert refused.status_code == 403


def test_of_a_submission_what_is_decided_stays_and_the_rest_is_withdrawn(partner: Partner) -> None:
    sent = partner.report([partner.row(n) for n in range(4)])
    ids = sorted(one["id"] for one in partner.records())
    assert partner.officer.post(f"{API}records/{ids[0]}/verify/").status_code == 200
    assert partner.officer.post(f"{API}records/{ids[1]}/return/", {"reason": "补"}, format="json").status_code == 200
    answer = withdraw(partner, f"submissions/{sent['id']}")
    assert answer.status_code == 200, answer.content
    assert answer.json()["withdrawn"] == {"records": 2, "amendments": 0, "decided": 2}
    assert answer.json()["withdrawal_reason"] == "误报"
    assert states(partner) == ["verified", "returned", "withdrawn", "withdrawn"]
    assert partner.api.get(f"{API}submissions/", {"withdrawn": "true"}).json()["results"][0]["id"] == sent["id"]

    # The same bytes may come again, unforced; what was verified stands unchanged.
    again = partner.report([partner.row(n) for n in range(4)])
    assert again["id"] != sent["id"]
    assert (again["counts"]["accepted"], again["counts"]["unchanged"]) == (2, 2)


def test_what_is_decided_whole_or_not_taken_yet_cannot_be_withdrawn(partner: Partner) -> None:
    sent = partner.send([partner.row(1)])
    assert code(withdraw(partner, f"submissions/{sent['id']}")) == (409, "conflict")
    partner.confirm(sent["id"])
    partner.decide("verify")
    assert code(withdraw(partner, f"submissions/{sent['id']}")) == (409, "conflict")


def obligation(partner: Partner) -> Obligation:
    with scope.everything():
        return Obligation.objects.get(organisation=partner.organisation, period=partner.period)


def test_the_obligation_is_open_again_unless_another_upload_fulfils_it(partner: Partner) -> None:
    expect_obligations()
    first = partner.report([partner.row(1)])
    second = partner.report([partner.row(2)])
    assert obligation(partner).submission_id == first["id"]
    withdraw(partner, f"submissions/{first['id']}")
    partner.run_jobs()
    assert (obligation(partner).state, obligation(partner).submission_id) == ("reported", second["id"])
    withdraw(partner, f"submissions/{second['id']}")
    partner.run_jobs()
    now = obligation(partner)
    assert (now.state, now.submission_id, now.settled_at, now.on_time) == ("missing", None, None, None)
    expect_obligations()
    assert obligation(partner).state == "missing"
    partner.report([partner.row(2)])
    assert obligation(partner).state == "reported"
    with scope.everything():
        assert Submission.objects.filter(standing=False).count() == 2

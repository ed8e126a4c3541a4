"""Lots beside claims, a second officer, credentials to be looked at, decisions on many, and undoing."""

from typing import Any

import pytest

from backend.accounts.models import User
from backend.accounts.scope import everything
from programs.records.claims import Claim, FirstVerification
from programs.records.models import Decision, DecisionRun, Record
from programs.review.sampling.models import LotUnit
from talent.credentials.models import Credential
from tests.factories import (
    AdminFactory,
    CohortFactory,
    OfficerFactory,
    PartnerFactory,
    RecordFactory,
    SubmissionFactory,
)
from tests.programs.desks.officer.world import Reader
from tests.programs.review.sampling.world import (
    BATCHES,
    WRONG,
    again,
    held,
    judge,
    judge_all,
    opened,
    reported,
    sampling_on,
    states,
)
from tests.support.http import Caller, code_of

pytestmark = pytest.mark.django_db
WHY = {"reason": "核查"}


@pytest.fixture
def li() -> User:
    return OfficerFactory(username="li", language="en")


@pytest.fixture
def wang() -> User:
    return OfficerFactory(username="wang")


def post(user: User, path: str, **body: Any) -> Any:
    return Caller(user).post(path, body, format="json")


def switch(**on: Any) -> None:
    assert Caller(AdminFactory()).patch("review/settings/", on, format="json").status_code == 200


def ids(records: list[Record]) -> list[int]:
    return [one.pk for one in records]


def a_lot(count: int, seniors: int = 0) -> tuple[list[Record], list[Record]]:
    """Records of one cohort that await review, plain and high-end ones."""
    cohort = CohortFactory()
    submission, plain = reported(count, cohort=cohort)
    shared = {"submission": submission, "organisation": cohort.organisation, "cohort": cohort}
    return plain, RecordFactory.create_batch(seniors, high_end=True, **shared)


def outcomes(lot: dict[str, Any]) -> dict[int, str]:
    with everything():
        return dict(LotUnit.objects.filter(lot=lot["id"]).values_list("record_id", "outcome"))


# --- claims


def test_what_a_lot_holds_is_nothing_to_be_taken_on(li: User, wang: User) -> None:
    sampling_on(outside="allowed")
    members, _none = a_lot(4)
    _other, free = reported(2)
    lot = opened(Caller(li), members[0].cohort)
    got = post(wang, "claims/next/", count=10).json()
    assert got["ids"] == ids(free), "the next records are those that can be decided"
    # One that its partner reports anew has left, and is there for whoever comes next.
    again(members[:1], SubmissionFactory(organisation=members[0].organisation))
    assert post(li, "claims/next/", count=10).json()["ids"] == ids(members[:1])
    assert post(li, f"records/{members[0].pk}/verify/").status_code == 200
    assert judge_all(Caller(li), _now(li, lot))["state"] == "accepted"


def _now(officer: User, lot: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = Caller(officer).get(f"{BATCHES}{lot['id']}/").json()
    return found


@pytest.mark.parametrize("wrong", [0, 2])
def test_a_colleagues_claim_holds_no_verdict_up_and_ends_with_it(li: User, wang: User, wrong: int) -> None:
    sampling_on()
    records, _none = a_lot(30)
    # Taken on before the lot was opened: some of the sample, some of the rest.
    assert post(wang, "claims/", ids=ids(records)).json()["claimed"] == 30
    lot = opened(Caller(li), records[0].cohort)
    done = judge_all(Caller(li), lot, wrong=wrong)
    assert set(states(records)) == ({"returned"} if wrong else {"verified"})
    assert (done["left"], done["apart"], held()) == (0, 0, 0)
    with everything():
        assert not Claim.objects.exists()
        assert set(Decision.objects.values_list("decided_by_id", flat=True)) == {li.pk}
    # The colleague who comes back finds the verdict, and is told what became of the record.
    late = post(wang, f"records/{records[0].pk}/reject/", **WHY)
    assert (late.status_code, code_of(late)) == (409, "conflict")


# --- a second officer, and every credential


def test_an_accepted_lot_is_the_first_of_two_officers_for_whoever_would_be_high_end(li: User, wang: User) -> None:
    switch(second_officer=True)
    sampling_on()
    plain, seniors = a_lot(5, seniors=3)
    lot = opened(Caller(li), plain[0].cohort)
    post(wang, "claims/", ids=ids(seniors[:1]))
    done = judge_all(Caller(li), lot)
    assert (done["state"], done["left"], done["apart"]) == ("accepted", 0, 3)
    assert set(states(plain)) == {"verified"}
    assert set(states(seniors)) == {"submitted"}
    assert {outcomes(lot)[one.pk] for one in seniors} == {"apart"}
    with everything():
        firsts = FirstVerification.objects.filter(closed_at=None)
        assert {one.record_id: one.officer_id for one in firsts} == dict.fromkeys(ids(seniors), li.pk)
        assert not Claim.objects.exists(), "whoever has it claimed is not kept from it, and no one else is"
    page = Reader(li).read(f"/review/batches/{lot['id']}/")
    assert "3 members were not decided with the lot" in page
    assert "withdrawn or reported anew" not in page
    same = post(li, f"records/{seniors[0].pk}/verify/")
    assert (same.status_code, code_of(same)) == (409, "second_officer")
    assert post(wang, f"records/{seniors[0].pk}/verify/").json()["state"] == "verified"
    assert post(wang, f"records/{seniors[1].pk}/return/", **WHY).json()["state"] == "returned"
    # What the second officer decided is their own, and may be undone; then a second is waited for as before.
    assert post(wang, f"records/{seniors[0].pk}/undo/").json()["state"] == "submitted"
    assert post(li, f"records/{seniors[0].pk}/verify/").status_code == 409
    assert post(wang, f"records/{seniors[0].pk}/verify/").json()["state"] == "verified"


def test_the_lots_officer_may_be_the_second(li: User, wang: User) -> None:
    switch(second_officer=True)
    sampling_on()
    plain, seniors = a_lot(3, seniors=2)
    assert post(wang, f"records/{seniors[0].pk}/verify/").json()["state"] == "submitted"
    assert post(li, f"records/{seniors[1].pk}/verify/").json()["state"] == "submitted"
    lot = opened(Caller(li), plain[0].cohort)
    assert post(li, f"records/{seniors[0].pk}/verify/").json()["lot"] == lot["id"], "by the lot alone, as every member"
    done = judge_all(Caller(li), lot)
    assert (done["state"], done["apart"]) == ("accepted", 1)
    assert states(seniors) == ["verified", "submitted"]


def test_a_lot_that_is_not_accepted_asks_for_no_second_officer(li: User, wang: User) -> None:
    switch(second_officer=True, every_credential=True)
    sampling_on()
    plain, seniors = a_lot(28, seniors=2)
    assert post(wang, f"records/{seniors[0].pk}/verify/").status_code == 409, "credentials come first"
    lot = opened(Caller(li), plain[0].cohort)
    done = judge_all(Caller(li), lot, wrong=2)
    assert (done["state"], done["apart"]) == ("not_accepted", 0)
    assert set(states([*plain, *seniors])) == {"returned"}
    with everything():
        assert not FirstVerification.objects.filter(closed_at=None).exists()


def test_members_whose_credentials_nobody_looked_at_are_decided_apart(li: User) -> None:
    switch(every_credential=True)
    sampling_on()
    plain, seniors = a_lot(3, seniors=2)
    with everything():
        Credential.objects.filter(record_id=seniors[0].pk).update(state="confirmed")
    lot = opened(Caller(li), plain[0].cohort)
    done = judge_all(Caller(li), lot)
    assert (done["state"], done["apart"]) == ("accepted", 1)
    assert states([*plain, *seniors]) == ["verified"] * 4 + ["submitted"]
    partner = Caller(PartnerFactory(organisation=plain[0].organisation))
    assert partner.get(f"{BATCHES}{lot['id']}/").json()["apart"] == 1
    [member] = partner.get(f"{BATCHES}{lot['id']}/members/", {"outcome": "apart"}).json()["results"]
    assert member["record"] == seniors[1].pk
    with everything():
        Credential.objects.filter(record_id=seniors[1].pk).update(state="confirmed")
    # It awaits review like any other: by itself, or in a lot that is opened later.
    assert opened(Caller(li), plain[0].cohort)["lot_size"] == 1


# --- many at once


def test_a_decision_on_many_that_spans_lots_claims_and_second_officers_does_what_its_preview_said(
    li: User, wang: User
) -> None:
    switch(second_officer=True)
    sampling_on(outside="allowed")
    members, _none = a_lot(3)
    lot = opened(Caller(li), members[0].cohort)
    free, seniors = a_lot(4, seniors=1)
    post(wang, "claims/", ids=ids(free[:1]))
    again(members[:1], SubmissionFactory(organisation=members[0].organisation))
    everybody = ids([*members, *free, *seniors])
    foreseen = post(li, "records/decide/preview/", ids=everybody, decision="verify").json()
    done = post(li, "records/decide/", ids=everybody, decision="verify").json()
    assert (done["decided"], done["first_verified"], done["skipped_count"]) == (4, 1, 3)
    assert (foreseen["decided"], foreseen["first_verified"], foreseen["why"]) == (4, 1, {"lot": 2, "held": 1})
    assert foreseen["skipped"] == done["skipped"]
    assert {one["id"]: one.get("lot") for one in done["skipped"]} == {
        **dict.fromkeys(ids(members[1:]), lot["id"]),
        free[0].pk: None,
    }
    assert states(members) == ["verified", "submitted", "submitted"]
    # Undone as one act, with nothing of the lot in it.
    assert post(li, f"decision-runs/{done['run']}/undo/").json()["undone"] == 4
    assert set(states([*members, *free])) == {"submitted"}


# --- undoing


def test_what_came_with_a_verdict_is_revoked_and_not_undone(li: User, wang: User) -> None:
    sampling_on()
    records, _none = a_lot(30)
    lot = opened(Caller(li), records[0].cohort)
    judge_all(Caller(li), lot, wrong=1)
    verified = next(one for one in records if one.pk != lot["sample"][0]["record"])
    with everything():
        runs = {one.decision: one for one in DecisionRun.objects.all()}
    assert set(runs) == {"verify", "return"}
    for run in runs.values():
        told = Caller(li).get(f"decision-runs/{run.pk}/").json()
        assert told["lot"] == lot["id"]
        undone = post(li, f"decision-runs/{run.pk}/undo/").json()
        assert (undone["undone"], undone["why"]) == (0, {"sampled": run.decided})
        page = Reader(li).get(f"/decision-runs/{run.pk}/").content.decode()
        assert 'name="reason"' not in page
        assert f"/review/batches/{lot['id']}/" in page
    refused = post(li, f"records/{verified.pk}/undo/")
    assert (refused.status_code, refused.json()["why"]) == (409, "sampled")
    assert f"/records/{verified.pk}/undo/" not in Reader(li).get(f"/records/{verified.pk}/").content.decode()
    # A later decision is no part of the verdict: the revocation can be undone, back to verified.
    assert post(wang, f"records/{verified.pk}/revoke/", **WHY).status_code == 200
    assert post(wang, f"records/{verified.pk}/undo/").json()["state"] == "verified"
    assert post(li, f"records/{verified.pk}/undo/").json()["why"] == "sampled"


def test_what_is_undone_may_be_a_member_afterwards(li: User, wang: User) -> None:
    sampling_on()
    records, _none = a_lot(5)
    assert post(wang, f"records/{records[0].pk}/verify/").status_code == 200
    first = opened(Caller(li), records[0].cohort)
    assert first["lot_size"] == 4
    assert post(wang, f"records/{records[0].pk}/undo/").json()["state"] == "submitted"
    second = opened(Caller(li), records[0].cohort)
    assert (second["lot_size"], second["sample"][0]["record"]) == (1, records[0].pk)
    assert post(wang, f"records/{records[0].pk}/undo/").status_code == 409
    judge(Caller(wang), second, records[0].pk, WRONG)
    judge_all(Caller(li), first)
    assert states(records) == ["returned", *["verified"] * 4]


def test_a_lot_that_was_called_off_lost_no_member(li: User) -> None:
    sampling_on()
    records, _none = a_lot(3)
    lot = opened(Caller(li), records[0].cohort)
    done = post(li, f"{BATCHES}{lot['id']}/cancel/", reason="开错了").json()
    assert (done["left"], done["apart"]) == (0, 0)
    assert "withdrawn" not in Reader(li).read(f"/review/batches/{lot['id']}/")

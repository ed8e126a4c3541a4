"""What was decided is undone, as long as nothing rests on it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from backend.accounts.models import User
from backend.accounts.scope import everything
from backend.jobs import services as jobs
from programs.records.models import Amendment, Decision, Record, Undoing
from programs.review import undoing
from programs.targets.services import settle
from talent.credentials.models import Credential
from tests.conftest import Clock
from tests.factories import AmendmentFactory, OfficerFactory, PartnerFactory, RecordFactory
from tests.programs.desks.officer.world import fresh, reported, states
from tests.support.http import Caller, code_of

pytestmark = pytest.mark.django_db
WHY = {"reason": "看错了行。"}
VALUES = ("district", "education", "school", "graduated_on", "submission_id", "row", "digest", "partner_ref")


@pytest.fixture
def officer() -> Caller:
    return Caller(OfficerFactory(username="li"))


def post(caller: Caller, path: str, **body: Any) -> Any:
    return caller.post(path, body, format="json")


def standing(record: Record) -> tuple[Any, ...]:
    now = fresh(record)
    return (now.state, now.pending, now.reason, now.decided_at, now.decided_by_id)


@pytest.mark.parametrize("decision", ["verify", "return", "reject"])
def test_a_decision_on_a_record_is_undone_and_decided_anew(officer: Caller, decision: str) -> None:
    [record] = reported(1)
    before = standing(record)
    post(officer, f"records/{record.pk}/{decision}/", **WHY)
    answer = post(officer, f"records/{record.pk}/undo/")
    assert answer.status_code == 200, answer.content
    assert standing(record) == before
    [taken] = answer.json()["decisions"]
    assert taken["undone_at"] is not None
    assert code_of(post(officer, f"records/{record.pk}/undo/")) == "undone"
    assert post(officer, f"records/{record.pk}/reject/", **WHY).json()["state"] == "rejected"


def test_a_run_is_undone_as_one_act(officer: Caller) -> None:
    records = reported(5)
    body = post(officer, "records/decide/", filter={"submission": records[0].submission_id}, decision="verify").json()
    post(officer, f"records/{records[1].pk}/revoke/", **WHY)
    partner = Caller(PartnerFactory(organisation=records[0].organisation))
    AmendmentFactory(record=fresh(records[2]))
    undone = post(officer, f"decision-runs/{body['run']}/undo/").json()
    assert undone == {
        "undone": 3,
        "stays": [{"id": records[1].pk, "why": "decided_again"}, {"id": records[2].pk, "why": "amended"}],
        "stays_count": 2,
        "why": {"decided_again": 1, "amended": 1},
    }
    assert states(records) == ["submitted", "revoked", "verified", "submitted", "submitted"]
    again = post(officer, f"decision-runs/{body['run']}/undo/").json()
    assert (again["undone"], again["why"]) == (0, {"undone": 3, "decided_again": 1, "amended": 1})
    assert officer.get(f"decision-runs/{body['run']}/").json()["undone"] == 3
    assert partner.get("decision-runs/").status_code == 403


def test_a_revocation_is_undone_with_the_amendment_that_it_superseded(officer: Caller) -> None:
    [record] = reported(1)
    post(officer, f"records/{record.pk}/verify/")
    before = standing(record)
    amendment = AmendmentFactory(record=fresh(record))
    post(officer, f"records/{record.pk}/revoke/", **WHY)
    assert post(officer, f"records/{record.pk}/undo/").status_code == 200
    assert standing(record) == (before[0], True, *before[2:])
    with everything():
        amendment.refresh_from_db()
    assert amendment.state == Amendment.State.PENDING
    assert post(officer, f"records/{record.pk}/verify/").status_code == 200


def test_an_amendment_that_took_effect_is_taken_out_again(officer: Caller) -> None:
    record = RecordFactory(high_end=True, contact={"mobile": "13800000001", "education_cert_no": "106571200802000001"})
    post(officer, f"records/{record.pk}/verify/")
    before, values = standing(record), {name: getattr(fresh(record), name) for name in VALUES}
    with everything():
        Credential.objects.filter(record_id=record.pk).update(state="confirmed")
        held = list(Credential.objects.filter(record_id=record.pk).values_list("kind", "code", "school", "state"))
    amendment = AmendmentFactory(record=fresh(record), district="520103", education="21", contact={"mobile": "1"})
    post(officer, f"records/{record.pk}/verify/")
    assert (fresh(record).district, fresh(record).education) == ("520103", "21")
    assert post(officer, f"records/{record.pk}/undo/").status_code == 200
    assert standing(record) == (before[0], True, *before[2:])
    assert {name: getattr(fresh(record), name) for name in VALUES} == values
    with everything():
        assert (
            list(Credential.objects.filter(record_id=record.pk).values_list("kind", "code", "school", "state")) == held
        )
        amendment.refresh_from_db()
    assert amendment.state == "pending"
    detail = officer.get(f"records/{record.pk}/").json()
    assert detail["values"]["mobile"] == "138******01"
    # … and takes effect again.
    assert post(officer, f"records/{record.pk}/verify/").json()["district"] == "520103"
    assert post(officer, f"records/{record.pk}/undo/").json()["district"] == "520102"


@pytest.mark.parametrize("decision", ["return", "reject"])
def test_an_amendment_refused_by_mistake_waits_again(officer: Caller, decision: str) -> None:
    amendment = AmendmentFactory()
    post(officer, f"records/{amendment.record_id}/{decision}/", **WHY)
    assert post(officer, f"records/{amendment.record_id}/undo/").json()["pending"] is True
    with everything():
        amendment.refresh_from_db()
    assert (amendment.state, amendment.reason) == ("pending", "")


def test_what_the_partner_did_since_stays(officer: Caller) -> None:
    records = reported(2)
    run = post(officer, "records/decide/", ids=[one.pk for one in records], decision="return", **WHY).json()["run"]
    partner = Caller(PartnerFactory(organisation=records[0].organisation))
    assert post(partner, f"records/{records[0].pk}/withdraw/", **WHY).status_code == 200
    with everything():
        Record.objects.filter(pk=records[1].pk).update(state="submitted", decided_at=None, decided_by_id=None)
    undone = post(officer, f"decision-runs/{run}/undo/").json()
    assert undone["why"] == {"withdrawn": 1, "reported_anew": 1}
    answer = post(officer, f"records/{records[0].pk}/undo/")
    assert (answer.status_code, code_of(answer), answer.json()["why"]) == (409, "rests_on_it", "withdrawn")


def test_a_colleague_says_why_and_nobody_too_late(officer: Caller, clock: Clock) -> None:
    [record] = reported(1)
    post(officer, f"records/{record.pk}/verify/")
    colleague = OfficerFactory()
    assert post(Caller(colleague), f"records/{record.pk}/undo/").status_code == 400
    clock.shift(hours=73)
    assert code_of(post(Caller(colleague), f"records/{record.pk}/undo/", **WHY)) == "too_late"
    clock.shift(hours=71)
    assert post(Caller(colleague), f"records/{record.pk}/undo/", **WHY).status_code == 200
    with everything():
        assert Undoing.objects.get().reason == WHY["reason"]


def test_what_other_rooms_know_to_rest_on_it_stays(officer: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    records = reported(2)

    def published(ids: Any, since: dt.datetime) -> dict[int, str]:
        return {records[0].pk: "published"}

    monkeypatch.setattr(undoing, "_rests", [published])
    run = post(officer, "records/decide/", ids=[one.pk for one in records], decision="verify").json()["run"]
    assert post(officer, f"decision-runs/{run}/undo/").json()["why"] == {"published": 1}
    assert states(records) == ["verified", "submitted"]


def test_the_ledger_follows_by_reversing_entries(officer: Caller) -> None:
    [record] = reported(1, high_end=True)
    manager = Caller(OfficerFactory(role=User.Role.MANAGER))

    def achieved() -> list[int]:
        settle()
        return [manager.get(f"targets/{code}/").json()["achieved"] for code in ("all", "high-end")]

    post(officer, f"records/{record.pk}/verify/")
    assert achieved() == [1, 1]
    post(officer, f"records/{record.pk}/undo/")
    assert achieved() == [0, 0]
    post(officer, f"records/{record.pk}/verify/")
    assert achieved() == [1, 1]
    moves = manager.get("targets/all/changes/", {"from": "2017-01-01", "to": "2100-01-01"}).json()["entries"]
    assert {one["reason"]: one["delta"] for one in moves} == {"verified": 2, "undone": -1}


def test_a_great_run_is_undone_by_a_job(officer: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undoing, "AT_ONCE", 2)
    records = reported(4)
    run = post(officer, "records/decide/", ids=[one.pk for one in records], decision="verify").json()["run"]
    queued = post(officer, f"decision-runs/{run}/undo/")
    assert queued.status_code == 202
    jobs.run(queued.json()["id"])
    assert officer.get(f"jobs/{queued.json()['id']}/").json()["state"] == "done"
    assert states(records) == ["submitted"] * 4


def test_a_decision_on_what_was_undone_is_no_repetition(officer: Caller) -> None:
    """The same decision sent again is answered alike while it stands, and is taken once it was undone."""
    amendment = AmendmentFactory()
    address: Callable[[str], str] = lambda verb: f"records/{amendment.record_id}/{verb}/"  # noqa: E731
    post(officer, address("reject"), **WHY)
    post(officer, address("undo"))
    assert post(officer, address("verify")).status_code == 200
    with everything():
        assert Decision.objects.filter(record=amendment.record_id).count() == 2

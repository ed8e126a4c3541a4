"""What a decision would do, before it is taken."""

from typing import Any

import pytest

from backend.accounts.scope import everything
from backend.audit.models import AuditEntry
from backend.jobs import services as jobs
from backend.jobs.models import Job
from programs.records.models import Amendment, Decision, DecisionRun, Record
from programs.review import handlers, previewing
from programs.targets.models import LedgerEntry
from programs.targets.services import settle
from talent.people.models import Person, PersonChange
from tests.factories import AmendmentFactory, OfficerFactory, PersonFactory, RecordFactory
from tests.programs.desks.officer.world import reported, states
from tests.support.http import Caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> Caller:
    return Caller(OfficerFactory(username="li"))


def post(caller: Caller, path: str, **body: Any) -> Any:
    return caller.post(path, body, format="json")


def preview(caller: Caller, **body: Any) -> dict[str, Any]:
    answer = post(caller, "records/decide/preview/", **body)
    assert answer.status_code == 200, answer.content
    return answer.json()


def moves(found: dict[str, Any]) -> dict[str, tuple[int, int, int]]:
    return {one["code"]: (one["come"], one["gone"], one["moved"]) for one in found["targets"]}


def test_it_says_what_the_decision_then_does(officer: Caller) -> None:
    plain, senior = reported(3), reported(2, high_end=True)
    in_progress = reported(1, outcome="in_progress", completed_on=None)
    records = [*plain, *senior, *in_progress]
    ids = [one.pk for one in records]
    colleague = Caller(OfficerFactory(username="wang"))
    post(colleague, "claims/", ids=ids[:1])
    post(colleague, f"records/{ids[1]}/reject/", reason="重复")
    found = preview(officer, ids=ids, decision="verify")
    assert {name: found[name] for name in ("total", "decided", "standing", "first_verified", "skipped_count")} == {
        "total": 6,
        "decided": 4,
        "standing": 0,
        "first_verified": 0,
        "skipped_count": 2,
    }
    assert found["why"] == {"held": 1, "rejected": 1}
    assert found["held"] == [{"by": "wang", "records": 1}]
    assert moves(found) == {"high-end": (2, 0, 0), "all": (3, 0, 0)}
    assert states(records) == ["submitted", "rejected", *["submitted"] * 4]

    assert post(officer, "records/decide/", ids=ids, decision="verify").json()["decided"] == found["decided"]
    settle()
    with everything():
        assert LedgerEntry.objects.filter(target__code="all").count() == 3
        assert LedgerEntry.objects.filter(target__code="high-end").count() == 2
    revoked = preview(officer, ids=ids, decision="revoke")
    assert moves(revoked) == {"high-end": (0, 2, 0), "all": (0, 3, 0)}
    [whole] = [one for one in revoked["targets"] if one["code"] == "all"]
    assert whole["reasons"] == [{"reason": "revoked", "come": 0, "gone": 3, "moved": 0}]


def test_nothing_of_it_is_kept(officer: Caller) -> None:
    records = reported(2, high_end=True)
    amendment = AmendmentFactory(district="520103")
    ids = [*(one.pk for one in records), amendment.record_id]
    with everything():
        before = AuditEntry.objects.count()
    assert preview(officer, ids=ids, decision="verify")["decided"] == 3
    with everything():
        assert not Decision.objects.exists()
        assert not DecisionRun.objects.exists()
        assert not PersonChange.objects.exists()
        assert not LedgerEntry.objects.exists()
        assert AuditEntry.objects.count() == before
        assert Amendment.objects.get().state == "pending"
        assert Record.objects.get(pk=amendment.record_id).district == "520102"


def test_an_amendment_moves_a_head_and_says_by_which_reason(officer: Caller) -> None:
    [record] = reported(1)
    post(officer, f"records/{record.pk}/verify/")
    with everything():
        record.refresh_from_db()
    AmendmentFactory(record=record, district="520103")
    found = preview(officer, ids=[record.pk], decision="verify")
    assert moves(found) == {"high-end": (0, 0, 0), "all": (0, 0, 1)}
    assert [one["reason"] for target in found["targets"] for one in target["reasons"]] == ["corrected"]


def test_a_head_that_another_record_keeps_does_not_go(officer: Caller) -> None:
    person = PersonFactory()
    first, second = RecordFactory(person=person), RecordFactory(person=person)
    post(officer, "records/decide/", ids=[first.pk, second.pk], decision="verify")
    found = preview(officer, ids=[second.pk], decision="revoke")
    assert moves(found)["all"] == (0, 0, 0)
    found = preview(officer, ids=[first.pk, second.pk], decision="revoke")
    assert moves(found)["all"] == (0, 1, 0)


def test_people_found_to_be_one_are_one_head(officer: Caller) -> None:
    first, second = reported(2)
    with everything():
        Person.objects.filter(pk=second.person_id).update(canonical=first.person_id)
    found = preview(officer, ids=[first.pk, second.pk], decision="verify")
    assert (found["decided"], moves(found)["all"]) == (2, (1, 0, 0))


def test_above_so_many_as_a_job_in_parts(officer: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previewing, "AT_ONCE", 3)
    monkeypatch.setattr(handlers, "AT_ONCE", 3)
    records = reported(8, high_end=True)
    body = {"filter": {"submission": records[0].submission_id}, "decision": "verify"}
    answer = post(officer, "records/decide/preview/", **body)
    assert answer.status_code == 202
    jobs.run(answer.json()["id"])
    with everything():
        job = Job.objects.get(pk=answer.json()["id"])
    assert job.state == "done", job.error
    assert (job.result["total"], job.result["decided"]) == (8, 8)
    assert moves(job.result) == {"high-end": (8, 0, 0), "all": (8, 0, 0)}
    assert set(states(records)) == {"submitted"}


def test_it_asks_as_carefully_as_a_decision(officer: Caller) -> None:
    assert post(officer, "records/decide/preview/", filter={}, decision="verify").status_code == 400
    assert post(officer, "records/decide/preview/", ids=[1], decision="verify").status_code == 400
    assert post(officer, "records/decide/preview/", ids=[1], decision="bless").status_code == 400

"""Lots that meet: real transactions, real threads, and a lot too large for a request."""

import pytest

from backend.accounts.scope import everything
from backend.audit.models import AuditEntry
from backend.jobs import services as jobs
from backend.jobs.models import Job
from programs.records.models import Decision
from programs.review.sampling import judging
from programs.review.sampling.models import Lot, LotUnit
from tests.factories import CohortFactory, OfficerFactory
from tests.programs.review.sampling.world import (
    BATCHES,
    FINE,
    WRONG,
    held,
    judge,
    judge_all,
    lot_row,
    of,
    opened,
    reported,
    sampling_on,
    states,
)
from tests.support.http import Caller
from tests.support.together import together

pytestmark = pytest.mark.usefixtures("fresh_database")


def test_who_meets_over_a_lot_takes_turns() -> None:
    """Opened once, each record judged once, decided once; and a decision outside comes before the lot or not at all."""
    officers = [Caller(OfficerFactory()) for _ in range(2)]
    sampling_on()
    for turn in range(3):
        cohort = CohortFactory()
        _submission, records = reported(9, cohort=cohort)
        first, second, alone = together(
            lambda: officers[0].post(BATCHES, of(cohort), format="json"),  # noqa: B023 - called before the next turn
            lambda: officers[1].post(BATCHES, of(cohort), format="json"),  # noqa: B023
            lambda: officers[1].post(f"records/{records[4].pk}/verify/"),  # noqa: B023
        )
        assert sorted((first.status_code, second.status_code)) == [201, 409]
        lot = (first if first.status_code == 201 else second).json()
        assert lot["lot_size"] == (8 if alone.status_code == 200 else 9)
        assert alone.status_code in (200, 409)
        for unit in lot["sample"]:
            number = unit["record"]
            one, other = together(
                lambda: judge(officers[0], lot, number, FINE),  # noqa: B023
                lambda: judge(officers[1], lot, number, WRONG),  # noqa: B023
            )
            assert sorted((one.status_code, other.status_code)) == [200, 409], turn
        assert lot_row(lot["id"]).state in ("accepted", "not_accepted")
        with everything():
            assert LotUnit.objects.filter(lot=lot["id"], judged_at=None).count() == lot["lot_size"] - lot["sample_size"]
            assert AuditEntry.objects.filter(action__in=["lot.accepted", "lot.not_accepted"]).count() == turn + 1
            assert Decision.objects.filter(record__in=[one.pk for one in records]).count() == 9


def test_the_last_two_records_judged_at_once_decide_the_lot_once() -> None:
    officers = [Caller(OfficerFactory()) for _ in range(2)]
    sampling_on()
    for _turn in range(3):
        cohort = CohortFactory()
        reported(9, cohort=cohort)
        lot = opened(officers[0], cohort)
        judge_all(officers[0], {**lot, "sample": lot["sample"][:-2]})
        last = [unit["record"] for unit in lot["sample"][-2:]]
        answers = together(
            lambda: judge(officers[0], lot, last[0], FINE),  # noqa: B023
            lambda: judge(officers[1], lot, last[1], FINE),  # noqa: B023
        )
        assert [one.status_code for one in answers] == [200, 200]
        with everything():
            assert AuditEntry.objects.filter(action="lot.accepted", subject_id=str(lot["id"])).count() == 1
        assert lot_row(lot["id"]).state == "accepted"


def test_a_large_lots_verdict_is_carried_out_by_a_job_that_goes_on_after_a_crash(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    officer = Caller(OfficerFactory())
    sampling_on()
    monkeypatch.setattr(judging, "AT_ONCE", 20)
    _submission, records = reported(50)
    lot = opened(officer, records[0].cohort)
    done = judge_all(officer, lot, wrong=1)
    assert (done["state"], done["finished_at"]) == ("accepted", None)
    assert set(states(records)) == {"submitted"}
    assert held() == 50
    with everything():
        job = Job.objects.get(pk=done["job"])
    before, calls = judging.carry_out_some, []

    def crash(lot: Lot, most: int = 15) -> int:
        calls.append(lot.pk)
        if len(calls) == 3:
            raise ConnectionError("The worker's database went away.")
        return before(lot, 15)

    monkeypatch.setattr("programs.review.sampling.handlers.carry_out_some", crash)
    assert not jobs.run(job.pk)
    assert held() == 20
    assert jobs.run(job.pk)
    assert sorted(states(records)).count("verified") == 49
    assert states(records).count("returned") == 1
    assert held() == 0
    row = lot_row(lot["id"])
    assert row.finished_at is not None
    with everything():
        job.refresh_from_db()
        assert (job.state, job.result) == ("done", {"verified": 49, "returned": 1})
        assert AuditEntry.objects.filter(action="lot.carried_out").count() == 1
        assert Decision.objects.count() == 50

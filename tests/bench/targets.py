"""Settling and reading with a hundred thousand and a million entries in the books; ten million with ``FULL=1``."""

from collections.abc import Callable

from django.db import connection, transaction

from backend.accounts.scope import everything
from programs.targets.models import LedgerEntry, Target
from programs.targets.recount import recount
from programs.targets.services import settle
from programs.targets.settle import settle_batch
from tests.bench import crowds
from tests.bench.figures import Figure, Figures, median_seconds, seconds
from tests.factories import ManagerFactory
from tests.support.http import Caller

SIZES = (100_000, 1_000_000)
FULL_SIZES = (*SIZES, 10_000_000)
CHANGED = 10_000
AT_ONCE = 100_000
EACH_COUNTS = 1.25  # everybody towards one target, a quarter towards the other as well
ROUNDS = 5

# What there is no way around: the rows themselves, written in one go into the same tables with the same indexes.
_ROWS = """
CREATE TEMP TABLE bare ON COMMIT DROP AS
    SELECT target_id, person_id + 1000000000 AS person_id, number, delta, reason, recorded_at, record_id,
           organisation_id, programme_id, path, district, segment, basis, effective_on
    FROM ledger_entry ORDER BY id DESC LIMIT %s
"""
_WRITE = """
WITH posted AS (
    INSERT INTO ledger_entry (target_id, person_id, number, delta, reason, recorded_at, record_id, organisation_id,
                              programme_id, path, district, segment, basis, effective_on) SELECT * FROM bare
)
INSERT INTO standing (target_id, person_id, number, record_id, organisation_id, programme_id, path, district, segment,
                      basis, effective_on)
SELECT target_id, person_id, number, record_id, organisation_id, programme_id, path, district, segment, basis,
       effective_on FROM bare
"""
_SUM = "SELECT sum(delta) FROM ledger_entry WHERE target_id = %s"
# The usual way: no ledger, the figure counted from the records each time it is asked for.
_AFRESH = """
SELECT count(DISTINCT record.person_id) FROM record
WHERE state = 'verified' AND outcome = 'completed' AND completed_on BETWEEN '2017-11-28' AND '2020-12-31'
"""
_AFRESH_BOTH = """
SELECT count(*), count(*) FILTER (WHERE greatest(first, held) <= '2020-12-31') FROM (
    SELECT record.person_id,
           min(record.completed_on) FILTER (WHERE record.outcome = 'completed'
               AND record.completed_on BETWEEN '2017-11-28' AND '2020-12-31') AS first,
           min(credential.held_from) FILTER (WHERE credential.code IN ('11', '14', '17', '082', 'L-081')) AS held
    FROM record LEFT JOIN credential ON credential.record_id = record.id
    WHERE record.state = 'verified' GROUP BY record.person_id
) AS whole WHERE first IS NOT NULL
"""


def measure(full: bool) -> Figures:
    """The figures of the targets; ``full`` adds ten million entries."""
    submission_id = crowds.places()
    manager = Caller(ManagerFactory(), host="localhost")
    figures: Figures = {}
    entries = 0
    for size in FULL_SIZES if full else SIZES:
        while entries < size:
            crowds.people(min(AT_ONCE, int((size - entries) / EACH_COUNTS) + 1), submission_id)
            settle(wait=True)
            with everything():
                entries = LedgerEntry.objects.count()
        crowds.analyse()
        told = f"{size:,} entries"
        figures[f"settle {CHANGED:,} changed persons, {told}"] = _settling(submission_id)
        figures |= _reading(manager, told)
    figures[f"recount of {entries:,} entries"] = Figure(seconds(recount), "s", _best(_AFRESH_BOTH))
    return figures


def _settling(submission_id: int) -> Figure:
    def changed() -> float:
        crowds.people(CHANGED, submission_id)
        return seconds(lambda: settle_batch(limit=CHANGED))

    taken = sorted(changed() for _ in range(ROUNDS))[ROUNDS // 2]
    return Figure(taken, "s", sorted(_rows_alone() for _ in range(ROUNDS))[ROUNDS // 2], _best(_AFRESH_BOTH))


def _rows_alone() -> float:
    with everything(), connection.cursor() as cursor:
        cursor.execute(_ROWS, [int(CHANGED * EACH_COUNTS)])
        taken = seconds(lambda: cursor.execute(_WRITE))
        transaction.set_rollback(True)
    return taken


def _reading(manager: Caller, told: str) -> Figures:
    with everything():
        target = Target.objects.get(code="all")
        halfway = LedgerEntry.objects.order_by("recorded_at")[LedgerEntry.objects.count() // 2].recorded_at.isoformat()
    floor, peer = _best(_SUM, [target.pk]), _best(_AFRESH)
    asked: dict[str, tuple[str, dict[str, str]]] = {
        "figure": ("targets/all/", {}),
        "figure at a past known_at": ("targets/all/", {"known_at": halfway}),
        "series by month": ("targets/all/series/", {"by": "month"}),
        "breakdown by district": ("targets/all/breakdown/", {"by": "district"}),
        "first page of people": ("targets/all/people/", {}),
        "people with count": ("targets/all/people/", {"count": "exact", "limit": "1"}),
    }
    return {
        f"{name}, {told}": Figure(median_seconds(_get(manager, *question), ROUNDS), "s", floor, peer)
        for name, question in asked.items()
    }


def _get(manager: Caller, address: str, params: dict[str, str]) -> Callable[[], object]:
    def get() -> None:
        assert manager.get(address, params).status_code == 200

    return get


def _best(statement: str, values: list[int] | None = None) -> float:
    with everything(), connection.cursor() as cursor:
        return median_seconds(lambda: cursor.execute(statement, values), 3)

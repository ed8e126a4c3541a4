"""Settling, reading, clicking and recounting with a hundred thousand and a million entries in the books.

Ten million with ``FULL=1``."""

import statistics
import time
from collections.abc import Callable

from django.db import connection, transaction

from backend.accounts.models import User
from backend.accounts.scope import everything
from programs.records.models import Record
from programs.targets.explaining import post_batch
from programs.targets.gap_models import PIECE, GapMark
from programs.targets.milestones import set_milestones
from programs.targets.models import LedgerEntry, Target
from programs.targets.recount import Recount, recount
from programs.targets.services import settle
from programs.targets.settle import settle_batch
from programs.targets.staying.models import StayMark
from talent.people.models import RosterMark
from tests.bench import crowds
from tests.bench.figures import KEPT, Figure, Figures, keep, median_seconds, seconds
from tests.bench.served import Caller as ServedCaller
from tests.bench.served import Served
from tests.factories import ManagerFactory, OfficerFactory
from tests.support.http import Caller

SIZES = (100_000, 1_000_000)
FULL_SIZES = (*SIZES, 10_000_000)
CHANGED = 10_000
AT_ONCE = 100_000
EACH_COUNTS = 1.25  # everybody towards one target, a quarter towards the other as well
ROUNDS = 5
ASKED = 60
PERCENTILE = 95
CLICKS = 40
CLICK_PAUSE = 0.25
LOOK_SECONDS = 0.02
LEFT_BEHIND = 60_000
"""Persons whose gap, stay and entry in the roster are still to be worked out while officers click."""

PEOPLE_RECOUNTED = 1_000_000

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

# The best single statement for what a recount is to say: who ought to be counted, who is by where they stand, who is by
# the last entry of their account, who of them is gone, and whether every cell of the cube's whole, of the run-off
# triangle and of the departures' is its entries' sum. Of departures it knows the simplest case alone.
_RECOUNT = """
WITH verified AS MATERIALIZED (
    SELECT id, person_id, outcome, completed_on, reported_at FROM record WHERE state = 'verified'
), first AS MATERIALIZED (
    SELECT DISTINCT ON (person_id) person_id, id, completed_on FROM verified
    WHERE outcome = 'completed' AND completed_on BETWEEN '2017-11-28' AND '2020-12-31'
    ORDER BY person_id, completed_on, reported_at, id
), held AS MATERIALIZED (
    SELECT verified.person_id, min(held_from) AS held_from FROM credential JOIN verified ON verified.id = record_id
    WHERE code IN ('11', '14', '17', '082', 'L-081') AND held_from IS NOT NULL GROUP BY verified.person_id
), wanted AS (
    SELECT target.id AS target_id, first.person_id, first.id AS record_id,
           greatest(first.completed_on, CASE WHEN target.needs_credential THEN held.held_from END) AS effective_on
    FROM target CROSS JOIN first LEFT JOIN held ON held.person_id = first.person_id
    WHERE NOT target.needs_credential OR greatest(first.completed_on, held.held_from) <= '2020-12-31'
        AND held.held_from IS NOT NULL
), booked AS (
    SELECT * FROM (
        SELECT DISTINCT ON (target_id, person_id) target_id, person_id, record_id, effective_on, delta FROM ledger_entry
        ORDER BY target_id, person_id, number DESC
    ) AS last WHERE delta > 0
), gone AS (
    SELECT target_id, person_id, greatest(left_on, effective_on) AS effective_on, 1 AS wanted
    FROM departure JOIN wanted USING (person_id)
)
SELECT (
    SELECT count(*)
    FROM wanted FULL JOIN standing USING (target_id, person_id) FULL JOIN booked USING (target_id, person_id)
    WHERE (wanted.record_id, wanted.effective_on) IS DISTINCT FROM (standing.record_id, standing.effective_on)
       OR (wanted.record_id, wanted.effective_on) IS DISTINCT FROM (booked.record_id, booked.effective_on)
), (
    SELECT count(*) FROM (
        SELECT target_id, effective_on AS starts_on, sum(delta) AS heads FROM ledger_entry GROUP BY 1, 2
    ) AS entries FULL JOIN (
        SELECT target_id, starts_on, heads FROM cube_cell WHERE grain = 'day' AND dimension = ''
    ) AS cell USING (target_id, starts_on) WHERE entries.heads IS DISTINCT FROM cell.heads
), (
    SELECT count(*) FROM (
        SELECT target_id, date_trunc('month', effective_on)::date AS effective_in,
               date_trunc('month', recorded_at AT TIME ZONE 'Asia/Shanghai')::date AS posted_in, sum(delta) AS heads
        FROM ledger_entry GROUP BY 1, 2, 3
    ) AS entries FULL JOIN run_off_cell AS cell USING (target_id, effective_in, posted_in)
    WHERE entries.heads IS DISTINCT FROM cell.heads
), (
    SELECT count(*) FROM (
        SELECT target_id, (recorded_at AT TIME ZONE 'Asia/Shanghai')::date AS posted_on, reason, delta, effective_on,
               count(*) AS entries
        FROM ledger_entry GROUP BY 1, 2, 3, 4, 5
    ) AS entries FULL JOIN turn_cell AS cell USING (target_id, posted_on, reason, delta, effective_on)
    WHERE entries.entries IS DISTINCT FROM cell.entries
), (
    SELECT count(*) FROM gone FULL JOIN (
        SELECT target_id, person_id, effective_on, 1 AS stands FROM departure_entry
        GROUP BY 1, 2, 3 HAVING sum(delta) <> 0
    ) AS stood USING (target_id, person_id, effective_on) WHERE wanted IS DISTINCT FROM stands
), (
    SELECT count(*) FROM (
        SELECT target_id, effective_on AS starts_on, sum(delta) AS heads FROM departure_entry GROUP BY 1, 2
    ) AS entries FULL JOIN (
        SELECT target_id, starts_on, heads FROM departure_cell WHERE grain = 'day' AND dimension = ''
    ) AS cell USING (target_id, starts_on) WHERE entries.heads IS DISTINCT FROM cell.heads
)
"""


def measure(full: bool) -> Figures:
    """The figures of the targets; ``full`` adds ten million entries."""
    submission_id = crowds.places()
    manager = ManagerFactory()
    figures: Figures = {}
    entries = 0
    for size in FULL_SIZES if full else SIZES:
        while entries < size:
            crowds.people(min(AT_ONCE, int((size - entries) / EACH_COUNTS) + 1), submission_id, leaving=True)
            settle(wait=True)
            with everything():
                entries = LedgerEntry.objects.count()
        set_milestones(seconds=3600)
        crowds.analyse()
        told = f"{size:,} entries"
        figures[f"settle {CHANGED:,} changed persons, {told}"] = _settling(submission_id)
        figures |= _reading(Caller(manager, host="localhost"), told)
        figures[f"gap of {CHANGED:,} persons, {told}"] = _explaining()
        figures[f"from the click on “verify” to the target, {PERCENTILE}th percentile, {told}"] = _clicks(
            manager, submission_id
        )
        if size == SIZES[-1]:
            crowds.people(PEOPLE_RECOUNTED - int(entries / EACH_COUNTS), submission_id)
            settle(wait=True)
            crowds.analyse()
            figures[f"recount of {PEOPLE_RECOUNTED:,} people"] = _recounting()
        # Ten million take their time: what has been measured by then is not to wait for them.
        keep(figures, KEPT)
    figures[f"recount, {told}"] = _recounting()
    return figures


def _recounting() -> Figure:
    taken = statistics.median(seconds(lambda: _agreed(recount())) for _ in range(3))
    return Figure(taken, "s", _best(_AFRESH_BOTH), _best(_RECOUNT))


def _agreed(found: Recount) -> None:
    assert found.agrees, found


def _explaining() -> Figure:
    """How long the gap of some persons takes, of whom all count or stand in the gap already."""
    _leave_behind()
    took = [seconds(lambda: post_batch(limit=PIECE)) for _ in range(CHANGED // PIECE)]
    return Figure(sum(took), "s", None)


def _leave_behind() -> None:
    """Of what is to be worked out behind the settling of a whole city, only so many persons' are left."""
    with everything():
        for marks, each in ((GapMark, PIECE), (StayMark, PIECE), (RosterMark, 1)):
            waiting = marks._default_manager.order_by("-pk").values_list("pk", flat=True)
            if oldest := waiting[LEFT_BEHIND // each : LEFT_BEHIND // each + 1].first():
                marks._default_manager.filter(pk__lte=oldest).delete()


def _clicks(manager: User, submission_id: int) -> Figure:
    """Milliseconds until a record that an officer verifies stands in the figure, while the gap is being worked out."""
    with everything():
        crowds.people(CLICKS, submission_id)
        chosen = list(Record.objects.order_by("-pk").values_list("pk", flat=True)[:CLICKS])
        Record.objects.filter(pk__in=chosen).update(state="submitted")
        settle(wait=True)
        left = GapMark.objects.count()
    with Served() as served:
        officer, reader = ServedCaller(served.door, OfficerFactory()), ServedCaller(served.door, manager)
        took = [_click(officer, reader, record) for record in chosen]
        officer.close()
        reader.close()
    assert left * PIECE >= LEFT_BEHIND // 2, "the gap was to be at work"
    return Figure(statistics.quantiles(took, n=100)[PERCENTILE - 1], "ms", 1000.0)


def _click(officer: ServedCaller, reader: ServedCaller, record: int) -> float:
    before = reader.get("targets/all/")["achieved"]
    begun = time.perf_counter()
    officer.decide(record, "verify")
    while reader.get("targets/all/")["achieved"] == before:
        time.sleep(LOOK_SECONDS)
        assert time.perf_counter() - begun < 60, f"record {record} has not been counted"
    took = time.perf_counter() - begun
    time.sleep(CLICK_PAUSE)
    return 1000 * took


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
    floor, peer = 1000 * _best(_SUM, [target.pk]), 1000 * _best(_AFRESH)
    asked: dict[str, tuple[str, dict[str, str]]] = {
        "figure": ("targets/all/", {}),
        "figure at a past known_at": ("targets/all/", {"known_at": halfway}),
        "series by month": ("targets/all/series/", {"by": "month"}),
        "series at a past known_at": ("targets/all/series/", {"by": "month", "known_at": halfway}),
        "breakdown by district": ("targets/all/breakdown/", {"by": "district"}),
        "breakdown at a past known_at": ("targets/all/breakdown/", {"by": "district", "known_at": halfway}),
        "first page of people": ("targets/all/people/", {}),
        "people with count": ("targets/all/people/", {"count": "exact", "limit": "1"}),
    }
    return {
        f"{name}, {PERCENTILE}th percentile, {told}": Figure(_slowest(_get(manager, *question)), "ms", floor, peer)
        for name, question in asked.items()
    }


def _slowest(call: Callable[[], object]) -> float:
    """The milliseconds within which nearly all of many calls are answered."""
    call()
    return 1000 * statistics.quantiles((seconds(call) for _ in range(ASKED)), n=100)[PERCENTILE - 1]


def _get(manager: Caller, address: str, params: dict[str, str]) -> Callable[[], object]:
    def get() -> None:
        assert manager.get(address, params).status_code == 200

    return get


def _best(statement: str, values: list[int] | None = None) -> float:
    with everything(), connection.cursor() as cursor:
        return median_seconds(lambda: cursor.execute(statement, values), 3)

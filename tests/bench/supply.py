"""What is needed beside who is trained and who counts, and what does not fit in cohorts, of a million people; and what
an officer who is bound to districts waits for, beside one who is bound to none.

The floor is an answer that asks for next to nothing: one organisation.
"""

import statistics
from typing import Any

from django.db import connection

from backend.accounts.models import Organisation
from backend.accounts.scope import everything
from programs.targets.services import settle
from tests.bench import crowds
from tests.bench.figures import Figure, Figures, seconds
from tests.bench.served import Caller, Served
from tests.factories import CohortFactory, ManagerFactory, OfficerFactory, ProgrammeFactory

SIZE = 1_000_000
COHORTS_EACH = 50
POSITIONS = 2_000
CALLS = 9
FLOOR = "organisations/BENCH-0/"

_POSITIONS = """
WITH made AS (
    INSERT INTO position (organisation_id, ref, title, occupation, level, wanted, segment, district, opened_on,
                          open_until, closing_reason, notes, on_behalf)
    SELECT place.id, 'P-' || n, '数据工程师', (ARRAY['2-02-38-01', '2-02-38-02', '2-02-38-03'])[1 + n %% 3],
           (ARRAY['senior', 'intermediate', 'junior'])[1 + n %% 3], 1 + n %% 9,
           (ARRAY['core', 'related', 'derivative', ''])[1 + n %% 4],
           (ARRAY['520102', '520103', '520111', ''])[1 + n %% 4], current_date - 30, current_date + 90, '', '', false
    FROM generate_series(1, %(many)s) AS n
    JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS at FROM organisation WHERE code LIKE 'BENCH-%%') AS place
        ON place.at = n %% %(places)s
    RETURNING *
)
INSERT INTO position_edition (position_id, organisation_id, since, occupation, level, wanted, segment, district,
                              open_until, closed, reason)
SELECT id, organisation_id, opened_on, occupation, level, wanted, segment, district, open_until, false, '' FROM made
"""
# One in a hundred is in a second cohort at the same time, and one in twenty is still in training.
_TWICE = """
INSERT INTO record (person_id, organisation_id, programme_id, cohort_id, path, submission_id, row, partner_ref,
                    outcome, started_on, completed_on, education, degree, school, graduated_on, title, employer,
                    employer_uscc, district, occupation, segment, remarks, basis, digest, state, pending, reason)
SELECT person_id, record.organisation_id, record.programme_id, other.id, path, submission_id, row + %(people)s,
       partner_ref, outcome, started_on, completed_on, education, degree, school, graduated_on, title, employer,
       employer_uscc, district, occupation, segment, remarks, basis, digest, state, pending, reason
FROM record JOIN LATERAL (
    SELECT id FROM cohort WHERE cohort.organisation_id = record.organisation_id AND cohort.id > record.cohort_id
    ORDER BY id LIMIT 1
) AS other ON true
WHERE row %% 100 = 0
"""
_IN_TRAINING = "UPDATE record SET outcome = 'in_progress', completed_on = NULL WHERE row % 20 = 7"


def measure(full: bool) -> Figures:
    """The figures of supply, of conflicts and of a district's officer."""
    submission = crowds.places()
    _cohorts()
    crowds.people(SIZE, submission)
    with everything(), connection.cursor() as cursor:
        cursor.execute(_TWICE, {"people": SIZE})
        cursor.execute(_IN_TRAINING)
        cursor.execute(_POSITIONS, {"many": POSITIONS, "places": crowds.ORGANISATIONS})
    settle(wait=True)
    crowds.analyse()
    manager, officer = ManagerFactory(), OfficerFactory()
    bound = OfficerFactory(districts=["520102", "520103"])
    figures: Figures = {}
    with Served() as served:
        callers = [Caller(served.door, one) for one in (manager, officer, bound)]
        everybody, plain, district = callers
        floor = _milliseconds(everybody, FLOOR)
        for name, path, given in (
            ("supply: the whole table", "supply/", {}),
            ("supply: by district", "supply/", {"by": "district"}),
            ("supply: by occupation and level", "supply/", {"by": "occupation", "crossed": "level"}),
            ("supply: months ahead", "supply/months/", {}),
            (f"conflicts of {crowds.ORGANISATIONS * COHORTS_EACH:,} cohorts", "training/conflicts/", {}),
            ("conflicts of people in two cohorts", "training/conflicts/", {"kind": "overlap"}),
        ):
            figures[f"{name}, {SIZE:,} people"] = Figure(_milliseconds(everybody, path, **given), "ms", floor)
        for path in ("records/", "people/", "submissions/", "organisations/", "obligations/"):
            unbound = _milliseconds(plain, path)
            figures[f"{path} as an officer of two districts"] = Figure(
                _milliseconds(district, path), "ms", floor, unbound
            )
        for one in callers:
            one.close()
    return figures


def _cohorts() -> None:
    with everything():
        programme = ProgrammeFactory(code="BENCH-MANY")
        for organisation in Organisation.objects.filter(code__startswith="BENCH-").order_by("pk"):
            for number in range(1, COHORTS_EACH):
                CohortFactory(code=f"{organisation.code}-{number}", organisation=organisation, programme=programme)


def _milliseconds(caller: Caller, path: str, **given: Any) -> float:
    """The median of several answers."""
    return statistics.median(seconds(lambda: caller.get(path, **given)) for _call in range(CALLS)) * 1000

"""Great crowds of people for measuring, made inside the database by a handful of statements."""

from django.db import connection, connections

from backend.accounts.scope import everything
from tests.factories import CohortFactory, OrganisationFactory, ProgrammeFactory, SubmissionFactory

ORGANISATIONS = 20
_GROWN = (
    "person",
    "record",
    "credential",
    "ledger_entry",
    "standing",
    "person_change",
    "milestone_cell",
    "departure",
    "departure_entry",
)

_PEOPLE = """
WITH made AS (
    INSERT INTO person (name, name_key, gender) SELECT '人' || n, '人' || n, '1'
    FROM generate_series(1, %(people)s) AS n RETURNING id
), numbered AS (
    SELECT id, row_number() OVER (ORDER BY id) AS n FROM made
), record AS (
    INSERT INTO record (person_id, organisation_id, programme_id, cohort_id, path, submission_id, row, partner_ref,
                        outcome, started_on, completed_on, education, degree, school, graduated_on, title, employer,
                        employer_uscc, district, occupation, segment, remarks, basis, digest, state, pending, reason)
    SELECT numbered.id, place.organisation_id, place.programme_id, place.id, 'trained', %(submission)s, numbered.n, '',
           'completed', '2018-01-01', date '2018-01-01' + (numbered.id * 7919 %% 1000)::int,
           CASE WHEN n %% 4 = 0 THEN '14' ELSE '21' END, '', '贵州大学', '2016-07-01', '', '', '',
           (ARRAY['520102', '520103', '520111', '520112', '520113', ''])[1 + n %% 6], '',
           (ARRAY['core', 'related', 'derivative', ''])[1 + n %% 4], '',
           CASE WHEN n %% 4 = 0 THEN 'education' ELSE '' END, sha256(n::text::bytea), 'verified', false, ''
    FROM numbered
    JOIN (SELECT cohort.*, row_number() OVER (ORDER BY id) - 1 AS place FROM cohort) AS place
        ON place.place = numbered.n %% (SELECT count(*) FROM cohort)
    RETURNING id, person_id, organisation_id, education, graduated_on, completed_on, row
), departure AS (
    INSERT INTO departure (asked_id, record_id, person_id, organisation_id, left_on)
    SELECT id, id, person_id, organisation_id, completed_on + 200 FROM record WHERE row %% 10 = 0 AND %(leaving)s
), credential AS (
    INSERT INTO credential (person_id, organisation_id, record_id, kind, code, school, held_from, state)
    SELECT person_id, organisation_id, id, 'education', education, '贵州大学', graduated_on, 'claimed' FROM record
)
INSERT INTO person_change (person_id, reason) SELECT person_id, 'verified' FROM record
"""


def places() -> int:
    """Twenty organisations with a cohort each, and a submission; the submission's id."""
    with everything():
        programme = ProgrammeFactory(code="BENCH")
        for number in range(ORGANISATIONS):
            organisation = OrganisationFactory(code=f"BENCH-{number}")
            CohortFactory(code=f"BENCH-{number}", organisation=organisation, programme=programme)
        return SubmissionFactory(organisation=organisation).pk


def people(count: int, submission_id: int, *, leaving: bool = False) -> None:
    """``count`` persons with a verified record and a credential each, a quarter of them high-end; all marked.

    ``leaving``: one in ten has left after two hundred days.
    """
    with everything(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        cursor.execute(_PEOPLE, {"people": count, "submission": submission_id, "leaving": leaving})


def analyse() -> None:
    """What the database's own housekeeping would have done by then: statistics, and the map of all-visible pages."""
    with connections["owner"].cursor() as cursor:
        for table in _GROWN:
            cursor.execute(f"VACUUM (ANALYZE) {table}")

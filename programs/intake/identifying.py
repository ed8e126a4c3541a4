"""Behind a commit: who gave which name, and whether the persons that it brought are known under another document.

Nothing of this holds the commit up. It is a job of the bureau's, done some persons at a time, each time in a
transaction that also files them: begun again, it goes on where it was.
"""

from typing import Any

import polars as pl
from django.db import connection

from backend.accounts.scope import everything
from backend.jobs.services import Run
from programs.intake import sheets
from programs.intake.tidying import tidy, tidy_names
from programs.submissions.models import Submission
from talent.people.marks import mark_for_roster
from talent.people.probable import Compared, compare_persons

AT_ONCE = 20_000

_REPORTED = """
SELECT reported.person_id, min(reported.row), bool_or(several.names) FROM (
    SELECT person_id, row FROM record WHERE submission_id = %(submission)s
    UNION ALL
    SELECT record.person_id, amendment.row FROM amendment JOIN record ON record.id = amendment.record_id
    WHERE amendment.submission_id = %(submission)s
) AS reported
CROSS JOIN LATERAL (
    SELECT EXISTS (SELECT FROM person_alias WHERE person_alias.person_id = reported.person_id)
        OR EXISTS (SELECT FROM person WHERE person.id = reported.person_id AND person.canonical_id IS NOT NULL)
        OR EXISTS (SELECT FROM person WHERE person.canonical_id = reported.person_id) AS names
) AS several
GROUP BY reported.person_id ORDER BY reported.person_id
"""

_SIGHT = """
INSERT INTO sighting (person_id, organisation_id, name, name_key, submission_id, row, since)
SELECT person.id, %(organisation)s, coalesce(given.name, person.name), coalesce(given.name_key, person.name_key),
       %(submission)s, seen.row, %(since)s
FROM unnest(%(persons)s::bigint[], %(rows)s::integer[]) AS seen (person_id, row)
JOIN person ON person.id = seen.person_id
LEFT JOIN unnest(%(given)s::integer[], %(names)s::text[], %(keys)s::text[]) AS given (row, name, name_key)
    ON given.row = seen.row
ORDER BY person.id
ON CONFLICT DO NOTHING
"""

Reported = list[tuple[int, int, bool]]


def identify(run: Run, submission_id: int) -> dict[str, int]:
    """Note who gave which name, and compare the persons of a committed submission with everybody on the books."""
    with everything():
        submission = Submission.objects.select_related("sheet").get(pk=submission_id)
        with connection.cursor() as cursor:
            cursor.execute(_REPORTED, {"submission": submission_id})
            reported = _in_columns(cursor)
        names = _given_names(submission, reported.filter("several")["row"].to_list())
    done = Compared()
    run.progress(0, reported.height)
    for start in range(0, reported.height, AT_ONCE):
        some = reported.slice(start, AT_ONCE).rows()
        with everything():
            run.hold()
            _note(submission, some, names)
            done += compare_persons(person_ids=[person for person, _row, _several in some], submission_id=submission_id)
        run.progress(start + len(some), reported.height)
    return {"persons": done.persons, "pairs": done.pairs, "cases": done.cases, "passed_over": done.passed_over}


def _in_columns(cursor: Any) -> pl.DataFrame:
    """Everybody whom the submission says something of, held by columns: of a million, a list would take the most memory
    that a worker ever needs."""
    schema = {"person": pl.Int64, "row": pl.Int32, "several": pl.Boolean}
    frames = [pl.DataFrame(schema=schema)]
    while rows := cursor.fetchmany(AT_ONCE):
        frames.append(pl.DataFrame(rows, schema=schema, orient="row"))
    return pl.concat(frames)


def _note(submission: Submission, reported: Reported, names: dict[int, tuple[str, str]]) -> None:
    given = [(row, *names[row]) for _person, row, _several in reported if row in names]
    # A partner finds them by the name that it gave, which stands here and not on the person's row.
    mark_for_roster(person_ids=[person for person, row, _several in reported if row in names])
    with connection.cursor() as cursor:
        cursor.execute(
            _SIGHT,
            {
                "organisation": submission.organisation_id,
                "submission": submission.pk,
                "since": submission.committed_at,
                "persons": [person for person, _row, _several in reported],
                "rows": [row for _person, row, _several in reported],
                "given": [row for row, _name, _key in given],
                "names": [name for _row, name, _key in given],
                "keys": [key for _row, _name, key in given],
            },
        )


def _given_names(submission: Submission, rows: list[int]) -> dict[int, tuple[str, str]]:
    """By row, the name that it gave and its key: for persons who have several, and not the one on record alone."""
    if not rows or submission.sheet is None or submission.sheet.disposed_at is not None:
        return {}
    parts = (part.filter(pl.col("row").is_in(rows)).select("row", "name") for part in sheets.parts(submission))
    sent = pl.concat(parts)
    tidied, keys, _told = tidy_names(tidy("name", sent["name"]))
    return {
        row: (name, key)
        for row, name, key in zip(sent["row"], tidied, keys, strict=True)
        if name is not None and key is not None
    }

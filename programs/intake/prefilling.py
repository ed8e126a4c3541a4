"""A cohort's known people as rows of the template: what the organisation itself reported, ready to be sent again.

Taken from the rows as they were sent, and not from the books: names and numbers are the organisation's own, whatever
others call the same person, and a row that is sent again untouched is unchanged. Values stand in their plain form:
days as 2019-03-01, codes by their names in the reader's language.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import polars as pl

from backend.reference import selectors as reference
from programs.catalogue.models import Cohort
from programs.intake import sheets
from programs.intake.cells import check_cells
from programs.intake.columns import COLUMNS
from programs.intake.conditions import CODED
from programs.intake.facts import context_of
from programs.intake.readers.sheet import Sheet
from programs.intake.resolving import DEAD_STATES
from programs.records import selectors
from programs.records.models import Record
from programs.submissions.models import Submission

Row = dict[str, str]


def rows_of(*, cohort: Cohort) -> list[Row]:
    """The people of a cohort as rows by column code, in the order in which they were first reported.

    Args:
        cohort: one of the organisation whose scope this runs in.

    Records that were rejected, revoked or withdrawn are left out; of an amendment under review its values are taken. A
    record whose file is not kept any more is left out too.
    """
    own = Record.objects.filter(cohort=cohort, organisation_id=cohort.organisation_id).exclude(state__in=DEAD_STATES)
    records = list(own.order_by("pk").values_list("pk", "submission_id", "row"))
    latest = {one.record_id: (one.submission_id, one.row) for one in selectors.waiting(pk for pk, _s, _r in records)}
    places = [latest.get(pk, (submission, row)) for pk, submission, row in records]
    wanted: dict[int, set[int]] = defaultdict(set)
    for submission, row in places:
        wanted[submission].add(row)
    found: dict[tuple[int, int], Row] = {}
    kept = Submission.objects.filter(pk__in=wanted, sheet__isnull=False).select_related("sheet", "period")
    for one in kept.order_by("pk"):
        found |= {(one.pk, row): cells for row, cells in _rows(one, wanted[one.pk]).items()}
    return [found[place] for place in places if place in found]


def _rows(submission: Submission, wanted: set[int]) -> dict[int, Row]:
    parts = [part.filter(pl.col("row").is_in(sorted(wanted))) for part in sheets.parts(submission)]
    sent = pl.concat(parts, how="diagonal")
    typed = check_cells(Sheet(sent, {}), context_of(submission)).frame
    names = {table: reference.labels(table) for table in CODED}
    return {row["row"]: _plain(row, names) for row in typed.iter_rows(named=True)}


def _plain(row: Mapping[str, Any], names: Mapping[str, Mapping[str, str]]) -> Row:
    cells = {}
    for column in COLUMNS:
        value = row[column.code]
        if value is not None:
            text = str(value)
            cells[column.code] = names.get(column.code, {}).get(text, text)
    return cells

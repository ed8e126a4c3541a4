"""Numbers of a list that stand in submissions whose rows were not taken: they fail the checks, or nobody confirmed."""

import datetime as dt
from collections.abc import Sequence

import polars as pl

from backend.accounts.scope import everything, within
from backend.reference.tables import Tables
from programs.checklists.judging import Judged
from programs.checklists.reading import lines
from programs.checklists.reasons import Why
from programs.intake import sheets
from programs.submissions.models import Finding, Submission
from programs.submissions.templates import TALENT_RECORDS

MOST = 30
"""So many submissions are looked through, the latest first; older ones are past mending."""

Status = Submission.Status
WANTED = ("row", "name", "id_type", "id_number", "id_number__k")


def look_through(found: Sequence[Judged], organisation_id: int | None, tables: Tables, today: dt.date) -> None:
    """Say of lines that nobody reported where their row stands all the same."""
    missing = {one.line.key: one for one in found if one.why == [Why.NOT_REPORTED]}
    if not missing:
        return
    with everything() if organisation_id is None else within(organisation_id):
        submissions = Submission.objects.filter(
            template=TALENT_RECORDS,
            status__in=(Status.CHECKED, Status.PARTLY_ACCEPTED, Status.REJECTED),
            sheet__isnull=False,
            sheet__disposed_at=None,
        ).select_related("sheet")
        for submission in submissions.order_by("-pk")[:MOST]:
            if not missing:
                return
            _look_into(submission, missing, tables, today)


def _look_into(submission: Submission, missing: dict[str, Judged], tables: Tables, today: dt.date) -> None:
    rows: dict[int, str] = {}
    for part in sheets.parts(submission):
        if "id_number" in part.columns and "name" in part.columns:
            kept: pl.DataFrame = part.select(name for name in WANTED if name in part.columns)
            rows |= {line.row: line.key for line in lines(kept, tables, today) if line.key in missing}
    if not rows:
        return
    failing = set(
        Finding.objects.filter(submission=submission, row__in=list(rows), severity="error").values_list(
            "row", flat=True
        )
    )
    for row, key in sorted(rows.items()):
        one = missing.get(key)
        if one is None or not (row in failing or submission.status == Status.CHECKED):
            continue
        one.why = [Why.FAILING_CHECKS if row in failing else Why.NOT_TAKEN]
        one.where = f"{submission.pk}/{row}"
        del missing[key]

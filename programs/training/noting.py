"""Noting attendance row by row, by form or call: through the very checks that a file's rows go through."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl
from django.db import transaction
from django.utils.translation import gettext as _

from backend import clock
from backend.accounts.models import User
from backend.audit.services import enter_audit
from backend.problems import Invalid
from backend.reference import selectors as reference
from programs.catalogue.models import Cohort
from programs.intake.answers import language
from programs.intake.found import joined
from programs.intake.readers.records import texts_and_kinds_of
from programs.intake.rules import ERROR, render
from programs.intake.severities import severities_on
from programs.intake.templates.cells import check_cells
from programs.intake.templates.general import cross, work_of
from programs.intake.templates.work import AMENDMENT, NEW, Given
from programs.training.attendance_template import ATTENDANCE, CODE

MOST_ROWS = 5000


@dataclass(frozen=True, slots=True)
class Noted:
    """How many summaries were taken, and how many said what stands already."""

    noted: int
    unchanged: int


@transaction.atomic
def note(*, actor: User, cohort: Cohort, rows: Sequence[Mapping[str, Any]]) -> Noted:
    """Notes how people of one cohort take part; what says what stands already is passed over.

    Args:
        actor: a submitter of the cohort's organisation, or an officer.
        cohort: one that the actor may see.
        rows: by the template's column codes, less the cohort's own.

    Raises:
        Invalid: every field of every row at fault (``rows.3.until``), each with the rule for a code; nothing is taken.
    """
    if len(rows) > MOST_ROWS:
        raise Invalid([("rows", "max_length", _("There are %(most)d rows at most.") % {"most": MOST_ROWS})])
    today = clock.today()
    given = Given(
        organisation=cohort.organisation,
        period=None,
        actor=actor,
        today=today,
        tables=reference.tables(),
        masked=ATTENDANCE.layout.masked,
        severities=severities_on(today),
    )
    work = work_of(ATTENDANCE, given)
    checked = check_cells(_sheet([{**row, "cohort": cohort.code} for row in rows]), ATTENDANCE, work)
    crossed, found = cross(work, checked.frame.filter(~pl.col("failed")).drop("failed"), locking=True)
    _refuse(joined([checked.findings, found]), given)
    taken = crossed.filter(pl.col("fate").is_in([NEW, AMENDMENT]))
    noted = Noted(taken.height, crossed.height - taken.height)
    if noted.noted:
        work.take(taken)
        detail = {"cohort": cohort.code, "noted": noted.noted, "unchanged": noted.unchanged}
        enter_audit(action="attendance.note", subject=cohort, detail=detail, actor=actor)
    return noted


def _sheet(rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """The rows as a file would have brought them, numbered from 1."""
    columns: list[pl.Series] = [pl.Series("row", range(1, len(rows) + 1), dtype=pl.UInt32)]
    for code in ATTENDANCE.layout.codes:
        columns += texts_and_kinds_of(code, [_plain(row.get(code)) for row in rows])
    return pl.DataFrame(columns).with_columns(
        pl.when(pl.col(code) != "").then(pl.col(code)).alias(code) for code in ATTENDANCE.layout.codes
    )


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _refuse(findings: pl.DataFrame, given: Given) -> None:
    order = ATTENDANCE.layout.order
    found = sorted(
        findings.iter_rows(named=True), key=lambda one: (one["row"], order.get(one["column"], -1), one["rule"])
    )
    errors = [
        (
            f"rows.{one['row'] - 1}.{one['column']}",
            one["rule"],
            render(one["rule"], one["params"], language(), one["column"], CODE),
        )
        for one in found
        if given.severities[one["rule"]] == ERROR
    ]
    if errors:
        raise Invalid(errors)

"""One row of a form or of a single API call, by the very checks that a file's rows go through."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from backend import clock
from backend.accounts.models import Organisation, User
from backend.problems import Invalid
from backend.reference import selectors as reference
from programs.intake.answers import language
from programs.intake.found import joined
from programs.intake.readers.records import texts_and_kinds_of
from programs.intake.rules import ERROR, WARNING, render
from programs.intake.severities import severities_on
from programs.intake.templates.cells import check_cells
from programs.intake.templates.general import cross, without_unchanged, work_of
from programs.intake.templates.template import Template, template_of
from programs.intake.templates.work import AMENDMENT, NEW, REJECTED, Given, Work
from programs.periods.models import Period


@dataclass(frozen=True, slots=True)
class Remark:
    """What was found in a row that passes all the same."""

    column: str
    rule: str
    message: str


@dataclass(frozen=True, slots=True)
class OneRow:
    """A row that passes: its values in their own types by column code, its fate, and what was remarked.

    ``values`` also has what the template's work added to it, such as the ids of what its codes stand for.
    """

    values: Mapping[str, Any]
    fate: str
    warnings: Sequence[Remark]
    _work: Work
    _rows: pl.DataFrame

    def take(self) -> None:
        """Writes the row as a file's would be written, in the caller's transaction; nothing where it is unchanged."""
        if self.fate in (NEW, AMENDMENT):
            self._work.take(self._rows)


def check_row(
    template: str,
    values: Mapping[str, Any],
    *,
    actor: User,
    organisation: Organisation,
    period: Period | None = None,
    locking: bool = False,
) -> OneRow:
    """Checks one row, cells and books, in the caller's scope.

    Args:
        template: the code of a simple template.
        values: by column code; text, numbers, truths, dates and nothing, as JSON or a form has them.
        actor: who enters it.
        organisation: whose row it is.
        period: what it is for, where the template belongs to periods.
        locking: it is taken next, in this transaction: what is found to stand is locked against others.

    Raises:
        Invalid: a value refuses the row: under its column, with the rule for a code and the rule's sentence.
    """
    asked = template_of(template)
    day = period.starts_on if period else clock.today()
    given = Given(
        organisation=organisation,
        period=period,
        actor=actor,
        today=clock.today(),
        tables=reference.tables(),
        masked=asked.layout.masked,
        severities=severities_on(day),
    )
    work = work_of(asked, given)
    checked = check_cells(row_of(asked, values), asked, work)
    rows = checked.frame.filter(~pl.col("failed")).drop("failed")
    findings = checked.findings
    if not rows.is_empty():
        rows, found = cross(work, rows, locking=locking)
        findings = without_unchanged(joined([findings, found]), rows)
    _refuse(asked, findings, given)
    if rows.height != 1 or rows["fate"].item() == REJECTED:
        raise ValueError(f"{template} refuses a row and finds nothing in it")
    return OneRow(
        values=rows.drop("row", "fate").row(0, named=True),
        fate=rows["fate"].item(),
        warnings=[Remark(*one) for one in _told(asked, findings, given, WARNING)],
        _work=work,
        _rows=rows,
    )


def row_of(template: Template, values: Mapping[str, Any]) -> pl.DataFrame:
    """The values as a sheet of one row.

    Raises:
        Invalid: a value belongs to no column, or is a list or an object.
    """
    errors = [
        (str(code), "unknown_column", _("The template has no column of this name."))
        for code in values
        if code not in template.layout.by_code
    ]
    errors += [
        (code, "invalid", _("Send one value: text, a number, true, false or null."))
        for code, value in values.items()
        if isinstance(value, list | tuple | dict | set)
    ]
    if errors:
        raise Invalid(errors)
    columns: list[pl.Series] = [pl.Series("row", [1], dtype=pl.UInt32)]
    for code in template.layout.codes:
        columns += texts_and_kinds_of(code, [_plain(values.get(code))])
    return pl.DataFrame(columns).with_columns(
        pl.when(pl.col(code) != "").then(pl.col(code)).alias(code) for code in template.layout.codes
    )


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _told(template: Template, findings: pl.DataFrame, given: Given, severity: str) -> list[tuple[str, str, str]]:
    order = template.layout.order
    found = sorted(findings.iter_rows(named=True), key=lambda one: (order.get(one["column"], -1), one["rule"]))
    return [
        (one["column"] or "", one["rule"], render(one["rule"], one["params"], language(), one["column"], template.code))
        for one in found
        if given.severities[one["rule"]] == severity
    ]


def _refuse(template: Template, findings: pl.DataFrame, given: Given) -> None:
    if errors := _told(template, findings, given, ERROR):
        raise Invalid(errors)

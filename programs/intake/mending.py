"""Mending rows of a checked submission in place: one, or all in which the same was found."""

import json
from collections.abc import Sequence
from typing import Any

import polars as pl
from django.db import transaction
from django.utils.translation import gettext as _

from backend.accounts.models import User
from backend.accounts.scope import refuse_bound
from backend.audit.services import enter_audit
from backend.problems import Conflict, Invalid, Problem
from backend.vault import services as vault
from programs.intake import sheets
from programs.intake.checking import reassess
from programs.intake.columns import layout_of
from programs.intake.copying import reserve_ids
from programs.intake.found import LONGEST_VALUE as SHOWN
from programs.intake.layout import Layout
from programs.submissions import services as submissions
from programs.submissions.models import Finding, Mend, Submission

LONGEST_VALUE = 2_000


@transaction.atomic
def mend_row(*, actor: User, submission: Submission, row: int, cells: dict[str, str | None]) -> Submission:
    """Gives cells of one row new values and checks the whole file again.

    Args:
        actor: who mends.
        submission: a checked submission.
        row: the row's number as the spreadsheet shows it.
        cells: new values by column code; an empty value clears the cell.

    Raises:
        Problem: 400 for an unknown column or an unfit value, 404 ``row_not_found``, 409 ``conflict`` once it is not
            ``checked`` any more.
    """
    refuse_bound(actor)
    _refuse_unfit(layout_of(submission.template), cells)
    current = _held(submission)
    if sheets.mended(current).frame.filter(pl.col("row") == row).is_empty():
        raise Problem(
            404,
            "row_not_found",
            _("Row %(row)s of submission %(id)s holds no record.") % {"row": row, "id": current.pk},
        )
    _write(actor, current, [(row, column, value) for column, value in cells.items()])
    enter_audit(action="submission.row_mended", subject=current, detail={"row": row, "columns": sorted(cells)})
    return current


@transaction.atomic
def mend_all(
    *, actor: User, submission: Submission, rule: str, column: str, value: str, to: str | None
) -> tuple[Submission, int]:
    """Gives the same cell of every row in which the same was found the same new value, and checks the file again once.

    Args:
        actor: who mends.
        submission: a checked submission.
        rule: the code of the rule that found it.
        column: the code of the column that the finding names.
        value: what stands in the cell, as the finding shows it; empty for an empty cell.
        to: the new value; an empty one clears the cells.

    Returns:
        The submission as it is then, and how many rows were mended.

    Raises:
        Problem: 400 for an unknown column, one of numbers or an unfit value, 404 ``row_not_found`` where no row has
            this finding, 409 ``conflict`` once it is not ``checked`` any more.
    """
    refuse_bound(actor)
    layout = layout_of(submission.template)
    _refuse_unfit(layout, {column: to})
    if column in layout.masked:
        raise Invalid([("column", "numbers", _("Numbers are mended one by one: no two people share one."))])
    current = _held(submission)
    found = Finding.objects.filter(
        submission=current, rule=rule, column=column, value=value or "", row__isnull=False
    ).values_list("row", flat=True)
    rows = _holding(current, column, value, [row for row in found if row is not None])
    if not rows:
        raise Problem(
            404,
            "row_not_found",
            _("No row of submission %(id)s has this finding on this value any more.") % {"id": current.pk},
        )
    _write(actor, current, [(row, column, to) for row in rows])
    enter_audit(
        action="submission.rows_mended",
        subject=current,
        detail={"rule": rule, "column": column, "rows": len(rows)},
    )
    return current, len(rows)


def _held(submission: Submission) -> Submission:
    """The submission with its row held; refused once it is not ``checked`` any more."""
    current = submissions.locked(submission.pk)
    if current.status != Submission.Status.CHECKED:
        raise Conflict(
            _("Submission %(id)s is “%(status)s”; a row can be mended only between the checks and the confirmation.")
            % {"id": current.pk, "status": current.get_status_display()}
        )
    return current


def _holding(submission: Submission, column: str, value: str, rows: Sequence[int]) -> list[int]:
    """Those of ``rows`` whose cell holds just ``value``: where more than it was masked, they are told apart by hand."""
    frame = sheets.mended(submission).frame
    cell = pl.col(column).cast(pl.String) if column in frame.columns else pl.lit(None, dtype=pl.String)
    held = cell.str.slice(0, SHOWN).fill_null("") == value
    return frame.filter(pl.col("row").is_in(rows) & held)["row"].to_list() if rows else []


def _write(actor: User, submission: Submission, cells: Sequence[tuple[int, str, str | None]]) -> None:
    """Seals new cells beside the sheet and assesses it anew."""
    for column in {column for _row, column, _value in cells}:
        rows = [row for row, name, _value in cells if name == column]
        Mend.objects.filter(submission=submission, row__in=rows, column=column).delete()
    ids = reserve_ids("mend", len(cells)).to_list()
    sealed = vault.seal_many(
        "mend", "sealed_value", ids, [json.dumps(value or None).encode() for _row, _column, value in cells]
    )
    Mend.objects.bulk_create(
        (
            Mend(
                id=number,
                submission=submission,
                organisation_id=submission.organisation_id,
                row=row,
                column=column,
                sealed_value=value,
                mended_by_id=actor.pk,
            )
            for number, (row, column, _value), value in zip(ids, cells, sealed, strict=True)
        ),
        batch_size=5_000,
    )
    reassess(submission)


def _refuse_unfit(layout: Layout, cells: dict[str, Any]) -> None:
    errors = []
    if not cells:
        errors.append(("", "required", _("Name at least one column to mend.")))
    for column, value in cells.items():
        if column not in layout.by_code:
            errors.append((column, "unknown_column", _("The template has no column of this name.")))
        elif value is not None and not isinstance(value, str):
            errors.append((column, "invalid", _("Send the value as text, or null.")))
        elif value and (len(value) > LONGEST_VALUE or "\x00" in value):
            errors.append((column, "invalid", _("This value is too long or unreadable.")))
    if errors:
        raise Invalid(errors)

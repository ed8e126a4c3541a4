"""Mending one row of a checked submission in place."""

import json
from typing import Any

import polars as pl
from django.db import transaction
from django.utils.translation import gettext as _

from backend.accounts.models import User
from backend.audit.services import enter_audit
from backend.problems import Conflict, Invalid, Problem
from backend.vault import services as vault
from programs.intake import sheets
from programs.intake.checking import reassess
from programs.intake.columns import COLUMNS
from programs.intake.copying import reserve_ids
from programs.submissions import services as submissions
from programs.submissions.models import Mend, Submission

LONGEST_VALUE = 2_000
_CODES = {column.code for column in COLUMNS}


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
    _refuse_unfit(cells)
    current = submissions.locked(submission.pk)
    if current.status != Submission.Status.CHECKED:
        raise Conflict(
            _("Submission %(id)s is “%(status)s”; a row can be mended only between the checks and the confirmation.")
            % {"id": current.pk, "status": current.get_status_display()}
        )
    if sheets.mended(current).frame.filter(pl.col("row") == row).is_empty():
        raise Problem(
            404,
            "row_not_found",
            _("Row %(row)s of submission %(id)s holds no record.") % {"row": row, "id": current.pk},
        )
    Mend.objects.filter(submission=current, row=row, column__in=cells).delete()
    ids = reserve_ids("mend", len(cells)).to_list()
    sealed = vault.seal_many(
        "mend", "sealed_value", ids, [json.dumps(value or None).encode() for value in cells.values()]
    )
    Mend.objects.bulk_create(
        Mend(
            id=number,
            submission=current,
            organisation_id=current.organisation_id,
            row=row,
            column=column,
            sealed_value=value,
            mended_by_id=actor.pk,
        )
        for number, column, value in zip(ids, cells, sealed, strict=True)
    )
    reassess(current)
    enter_audit(action="submission.row_mended", subject=current, detail={"row": row, "columns": sorted(cells)})
    return current


def _refuse_unfit(cells: dict[str, Any]) -> None:
    errors = []
    if not cells:
        errors.append(("", "required", _("Name at least one column to mend.")))
    for column, value in cells.items():
        if column not in _CODES:
            errors.append((column, "unknown_column", _("The template has no column of this name.")))
        elif value is not None and not isinstance(value, str):
            errors.append((column, "invalid", _("Send the value as text, or null.")))
        elif value and (len(value) > LONGEST_VALUE or "\x00" in value):
            errors.append((column, "invalid", _("This value is too long or unreadable.")))
    if errors:
        raise Invalid(errors)

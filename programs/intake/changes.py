"""What a checked submission would change of what stands: for every amendment, each changed column, old and new.

Contacts and certificate numbers are shown masked, as everywhere; that one of them changed is told even where both masks
look alike. The old values are the organisation's own: rows are compared with its own records and with nobody else's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from backend.problems import Conflict
from backend.vault.masking import mask_number
from programs.intake import sheets
from programs.intake.assessing import Assessment, assess, prepare
from programs.intake.columns import TEMPLATE
from programs.intake.loading import cleaned
from programs.intake.templates.amending import Amends, amends
from programs.records import selectors
from programs.records.models import Amendment, Record
from programs.records.showing import OPEN_VALUES, SEALED_VALUES, opened
from programs.submissions.models import Submission

AMENDMENTS = "amendments"
"""Where a submission's meta keeps how many of its rows amend what stands."""

Change = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Amending:
    """A row that amends a record; ``verified`` says that the record stands as it is until the bureau has decided."""

    row: int
    record: int
    verified: bool
    values: Mapping[str, Any]


def amended(assessment: Assessment) -> int:
    """How many rows amend what stands."""
    return assessment.rows.filter(pl.col("fate") == "amendment").height


def refuse_unchecked(submission: Submission) -> None:
    """Refuses a submission whose changes cannot be told: before its checks, or once they were taken.

    Raises:
        Conflict: it is not ``checked``.
    """
    if submission.status != Submission.Status.CHECKED:
        raise Conflict(
            _("Submission %(id)s is “%(status)s”; what it changes is told between the checks and the confirmation.")
            % {"id": submission.pk, "status": submission.get_status_display()}
        )


def amending(submission: Submission) -> list[Amending] | list[Amends]:
    """The rows of a checked submission that amend what stands, in the file's order.

    Raises:
        Conflict: it is not ``checked``.
    """
    refuse_unchecked(submission)
    if submission.template != TEMPLATE:
        return amends(submission)
    prepared = prepare(submission, submission.meta, sheets.parts(submission), looking_up=True)
    assessment = assess(submission, prepared)
    found: list[Amending] = []
    start = 0
    for values in assessment.values:
        rows = assessment.rows.slice(start, values.height)
        start += values.height
        kept = rows.hstack(values).filter(pl.col("fate") == "amendment")
        if kept.is_empty():
            continue
        columns = ("row", "record_id", "record_state", *OPEN_VALUES, *SEALED_VALUES)
        found += [
            Amending(one["row"], one["record_id"], one["record_state"] == Record.State.VERIFIED, one)
            for one in cleaned(kept).select(columns).iter_rows(named=True)
        ]
    return found


def presented(given: Sequence[Amending] | Sequence[Amends]) -> list[dict[str, Any]]:
    """Some amendments with what they change of what stands: the record, or its amendment that awaits review.

    ``record`` is the id of what stands, ``partner_ref`` what its partner calls it.
    """
    simple = [one for one in given if isinstance(one, Amends)]
    if simple:
        return [
            {
                "row": one.row,
                "record": one.standing,
                "verified": False,
                "partner_ref": one.called,
                "changes": one.changes,
            }
            for one in simple
        ]
    rows = [one for one in given if isinstance(one, Amending)]
    ids = [one.record for one in rows]
    records = Record.objects.in_bulk(ids)
    waiting = {one.record_id: one for one in selectors.waiting(ids)}
    return [
        {
            "row": one.row,
            "record": one.record,
            "verified": one.verified,
            "partner_ref": one.values["partner_ref"],
            "changes": _changes(waiting.get(one.record) or records[one.record], one.values),
        }
        for one in rows
        if one.record in records
    ]


def _changes(standing: Record | Amendment, values: Mapping[str, Any]) -> list[Change]:
    found = [
        {"column": name, "old": getattr(standing, name), "new": values[name], "sealed": False}
        for name in OPEN_VALUES
        if getattr(standing, name) != values[name]
    ]
    before = opened(standing)
    return found + [
        {
            "column": name,
            "old": mask_number(before.get(name) or ""),
            "new": mask_number(values[name] or ""),
            "sealed": True,
        }
        for name in SEALED_VALUES
        if (before.get(name) or "") != (values[name] or "")
    ]

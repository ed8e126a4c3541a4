"""What the rows of a simple template would change of what stands, as its work tells it beside its values."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from backend.vault.masking import mask_number, scrub
from programs.intake import sheets
from programs.intake.layout import Layout
from programs.intake.templates import general
from programs.intake.templates.template import template_of
from programs.intake.templates.work import AMENDMENT, OLD, STANDING
from programs.submissions.models import Submission

Change = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Amends:
    """A row that amends what stands, and what it changes of it."""

    row: int
    standing: int | None
    called: str
    changes: list[Change]


def amends(submission: Submission) -> list[Amends]:
    """The rows of a checked submission that amend what stands, in their order."""
    layout = template_of(submission.template).layout
    prepared = general.prepare(submission, submission.meta, sheets.parts(submission))
    rows = general.assess(submission, prepared).rows.filter(pl.col("fate") == AMENDMENT)
    called = next((code for code in layout.needed if code not in layout.masked), "")
    return [
        Amends(row["row"], row.get(STANDING), scrub(str(row.get(called) or "")), list(_changes(row, layout)))
        for row in rows.iter_rows(named=True)
    ]


def _changes(row: dict[str, Any], layout: Layout) -> Iterator[Change]:
    for code in layout.codes:
        name = f"{OLD}{code}"
        if name in row and row[name] != row[code]:
            sealed = code in layout.masked
            old, new = (_shown(value, sealed) for value in (row[name], row[code]))
            yield {"column": code, "old": old, "new": new, "sealed": sealed}


def _shown(value: Any, sealed: bool) -> str | None:
    if value is None:
        return None
    return mask_number(str(value)) if sealed else str(value)

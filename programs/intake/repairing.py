"""A row as whoever mends it may see it, and what they changed of it.

Numbers are never shown in the clear: what stands in such a cell is shown masked, and an empty entry keeps it. The cells
that findings name are shown to whoever may mend; the others, as the error workbook, to the partner's own submitters.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from backend.accounts.models import Organisation, User
from backend.problems import Conflict, Problem
from backend.reference.folding import fold
from backend.vault.masking import mask_number, scrub
from programs.intake import sheets
from programs.intake.answers import language
from programs.intake.columns import TEMPLATE
from programs.intake.downloads import may_have_report
from programs.intake.layout import CODE, Column, Layout
from programs.intake.rules import column_label
from programs.intake.templates.lists import Choice, choices_of, meant, own_codes
from programs.intake.templates.template import Template, template_of
from programs.submissions import selectors
from programs.submissions.models import Submission

CLOSED = frozenset({"email"})
"""Columns whose values are shown masked alone, as everywhere else, beside those that are masked in findings too."""

CALLED = ("partner_ref", "name", "code")
"""Columns by which whoever mends a row knows what it is about, where they hold no number."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its column's code and kind, what the file calls it, and what it holds.

    ``text`` is masked where ``closed``. ``choices`` (value, label) are what it may hold where that is a list;
    ``chosen`` is the one it stands for, or its text where that is none of them.
    """

    code: str
    kind: str
    label: str
    text: str
    closed: bool
    choices: Sequence[Choice] = ()
    chosen: str = ""

    @property
    def is_known(self) -> bool:
        """Whether the cell holds one of its choices, or nothing."""
        return not self.text or any(value == self.chosen for value, _label in self.choices)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number, what its partner calls it, the cells that its findings name, and the other ones."""

    number: int
    reference: str
    named: Sequence[Cell]
    others: Sequence[Cell]

    @property
    def cells(self) -> list[Cell]:
        return [*self.named, *self.others]


def row_of(*, actor: User, submission: Submission, row: int) -> Row:
    """One row of a checked submission, for mending.

    Args:
        actor: who mends; the caller has found out that they may see the submission and write.
        submission: the submission.
        row: the row's number as the spreadsheet shows it.

    Raises:
        Conflict: it is not ``checked`` any more.
        Problem: 404 ``row_not_found``.
    """
    if submission.status != Submission.Status.CHECKED:
        raise Conflict(
            _("Submission %(id)s is “%(status)s”; a row can be mended only between the checks and the confirmation.")
            % {"id": submission.pk, "status": submission.get_status_display()}
        )
    return shown_row(actor=actor, submission=submission, row=row)


def shown_row(*, actor: User, submission: Submission, row: int) -> Row:
    """One row of a submission in whatever state, as ``row_of`` shows it.

    Raises:
        Problem: 404 ``row_not_found``.
    """
    template = template_of(submission.template)
    texts = _texts(submission, row)
    columns = set(selectors.findings(actor, submission).filter(row=row).values_list("column", flat=True))
    named = [column for column in template.columns if column.code in columns]
    others = [column for column in template.columns if column.code not in columns] if may_have_report(actor) else []
    own = own_codes(template, actor, submission.organisation)
    headers = submission.meta.get("headers", {})
    return Row(
        number=row,
        reference=" ".join(scrub(texts.get(code) or "") for code in CALLED).strip(),
        named=[_cell(template, column, texts, headers, own) for column in named],
        others=[_cell(template, column, texts, headers, own) for column in others],
    )


def choices_for(
    *, actor: User, organisation: Organisation, columns: Sequence[str], template: str = TEMPLATE
) -> dict[str, Sequence[Choice]]:
    """What the cells of some columns of a template may hold, as (value, label), for those where that is a list."""
    asked = template_of(template)
    own = own_codes(asked, actor, organisation)
    wanted = (asked.layout.by_code[code] for code in columns if code in asked.layout.by_code)
    found = {column.code: choices_of(asked, column, own) for column in wanted}
    return {column: choices for column, choices in found.items() if choices}


def sent_anew(
    *, submission: Submission, row: int, given: Mapping[str, str], cleared: set[str]
) -> dict[str, str | None]:
    """A row to be sent again: as it was, with what was entered; a number that was left empty stays as it was.

    Args:
        submission: the one that it was sent with before, which the caller may read whole.
        row: its number.
        given: entries by column code.
        cleared: columns whose closed cells shall be emptied.
    """
    texts, layout = _texts(submission, row), template_of(submission.template).layout
    record: dict[str, str | None] = {}
    for column in layout.columns:
        text, entry = (texts.get(column.code) or "").strip(), given.get(column.code, "")
        kept = _is_closed(layout, column.code, text) and not entry and column.code not in cleared
        record[column.code] = (text if kept else entry) or None
    return record


def changed(row: Row, given: Mapping[str, str], cleared: set[str]) -> dict[str, str | None]:
    """What was changed of a row, as ``mend_row`` takes it.

    Args:
        row: the row as it was shown.
        given: entries by column code; a column that is not in it was not asked for.
        cleared: columns whose closed cells shall be emptied.
    """
    cells: dict[str, str | None] = {}
    for cell in row.cells:
        entry = given.get(cell.code)
        if cell.closed:
            if cell.code in cleared:
                cells[cell.code] = None
            elif entry:
                cells[cell.code] = entry
        elif entry is not None and entry != cell.chosen:
            cells[cell.code] = entry or None
    return cells


def _texts(submission: Submission, row: int) -> dict[str, Any]:
    """What a row says, in the clear."""
    found = sheets.mended(submission).frame.filter(pl.col("row") == row)
    if found.is_empty():
        raise Problem(
            404,
            "row_not_found",
            _("Row %(row)s of submission %(id)s holds no record.") % {"row": row, "id": submission.pk},
        )
    return found.row(0, named=True)


def _is_masked(layout: Layout, column: str) -> bool:
    return column in layout.masked or column in CLOSED


def _is_closed(layout: Layout, column: str, text: str) -> bool:
    """Whether a cell is shown masked alone."""
    return bool(text) and (_is_masked(layout, column) or scrub(text) != text)


def _cell(
    template: Template,
    column: Column,
    texts: Mapping[str, Any],
    headers: Mapping[str, str],
    own: Mapping[str, Sequence[Choice]],
) -> Cell:
    text = (texts.get(column.code) or "").strip()
    closed = _is_closed(template.layout, column.code, text)
    shown = (mask_number(text) if _is_masked(template.layout, column.code) else scrub(text)) if closed else text
    choices = choices_of(template, column, own)
    return Cell(
        code=column.code,
        kind=column.kind,
        label=headers.get(column.code) or column_label(column.code, language(), template.code),
        text=shown,
        closed=closed,
        choices=choices,
        chosen="" if closed else _chosen(column, text, choices),
    )


def _chosen(column: Column, text: str, choices: Sequence[Choice]) -> str:
    """The choice that a cell's text stands for, or the text itself."""
    if column.kind == CODE:
        return meant(column, text)
    return next((value for value, _label in choices if fold(value) == fold(text)), text)

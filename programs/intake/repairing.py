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
from backend.reference import selectors as reference
from backend.reference.folding import fold
from backend.vault.masking import mask_number, scrub
from programs.catalogue import selectors as catalogue
from programs.intake import sheets
from programs.intake.answers import language
from programs.intake.columns import COLUMNS, MASKED, Column
from programs.intake.conditions import CODED
from programs.intake.downloads import may_have_report
from programs.intake.rules import column_label
from programs.submissions import selectors
from programs.submissions.models import Submission

CLOSED = frozenset({*MASKED, "email"})
"""Columns whose values are shown masked alone, as everywhere else."""

Choice = tuple[str, str]


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
    texts = _texts(submission, row)
    columns = set(selectors.findings(actor, submission).filter(row=row).values_list("column", flat=True))
    named = [column for column in COLUMNS if column.code in columns]
    others = [column for column in COLUMNS if column.code not in columns] if may_have_report(actor) else []
    own = _own_codes(actor, submission.organisation)
    headers = submission.meta.get("headers", {})
    return Row(
        number=row,
        reference=" ".join(scrub(texts.get(code) or "") for code in ("partner_ref", "name")).strip(),
        named=[_cell(column, texts, headers, own) for column in named],
        others=[_cell(column, texts, headers, own) for column in others],
    )


def choices_for(*, actor: User, organisation: Organisation, columns: Sequence[str]) -> dict[str, Sequence[Choice]]:
    """What the cells of some columns may hold, as (value, label), for those where that is a list."""
    own = _own_codes(actor, organisation)
    found = {column: own.get(column) or (_coded(column) if column in CODED else ()) for column in columns}
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
    texts = _texts(submission, row)
    record: dict[str, str | None] = {}
    for column in COLUMNS:
        text, entry = (texts.get(column.code) or "").strip(), given.get(column.code, "")
        kept = _is_closed(column.code, text) and not entry and column.code not in cleared
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


def _is_closed(column: str, text: str) -> bool:
    """Whether a cell is shown masked alone."""
    return bool(text) and (column in CLOSED or scrub(text) != text)


def _cell(
    column: Column, texts: Mapping[str, Any], headers: Mapping[str, str], own: Mapping[str, list[Choice]]
) -> Cell:
    text = (texts.get(column.code) or "").strip()
    closed = _is_closed(column.code, text)
    shown = (mask_number(text) if column.code in CLOSED else scrub(text)) if closed else text
    choices = own.get(column.code) or (_coded(column.code) if column.code in CODED else ())
    return Cell(
        code=column.code,
        kind=column.kind,
        label=headers.get(column.code) or column_label(column.code, language()),
        text=shown,
        closed=closed,
        choices=choices,
        chosen="" if closed else _chosen(column.code, text, choices),
    )


def _chosen(column: str, text: str, choices: Sequence[Choice]) -> str:
    """The choice that a cell's text stands for, or the text itself."""
    if column in CODED:
        return reference.tables().labels[column].get(fold(text), text)
    return next((value for value, _label in choices if fold(value) == fold(text)), text)


def _coded(table: str) -> list[Choice]:
    """The values of a code table in the reader's language, without its headings."""
    attributes = reference.tables().attributes.get(table, {})
    return [(code, label) for code, label in reference.labels(table).items() if attributes[code].get("group") != "1"]


def _own_codes(actor: User, organisation: Organisation) -> dict[str, list[Choice]]:
    """The programmes and cohorts that the organisation may report to."""
    english = language().startswith("en")
    programmes = catalogue.programmes(actor).filter(organisations=organisation).order_by("code")
    cohorts = catalogue.cohorts(actor).filter(organisation=organisation).order_by("code")
    return {
        "programme": [(one.code, f"{one.code} {(english and one.name_en) or one.name_zh}") for one in programmes],
        "cohort": [(code, code) for code in cohorts.values_list("code", flat=True)],
    }

"""What a column's cells may hold where that is a list: for drop-downs, for mending in place, for telling values."""

from collections.abc import Mapping, Sequence

from django.utils.translation import get_language

from backend.accounts.models import Organisation, User
from backend.reference import selectors as reference
from backend.reference.folding import fold
from programs.intake.layout import Column
from programs.intake.templates.template import Template

Choice = tuple[str, str]
"""A value and its label."""


def is_chinese() -> bool:
    """Whether the reader reads Chinese."""
    return (get_language() or "zh").startswith("zh")


def listed(column: Column) -> list[Choice]:
    """The values of a column of codes with their names in the reader's language, headings left out."""
    if column.choices:
        chinese = is_chinese()
        return [(one.code, one.zh if chinese else one.en) for one in column.choices]
    table = column.table_code
    if not table:
        return []
    attributes = reference.tables().attributes.get(table, {})
    labels = reference.labels(table)
    return [(code, label) for code, label in labels.items() if attributes.get(code, {}).get("group") != "1"]


def meant(column: Column, text: str) -> str:
    """The code that a cell's text stands for in a column of codes, or the text itself."""
    if column.choices:
        spelt = {fold(label): one.code for one in column.choices for label in (*one[:3], *one.aliases)}
        return spelt.get(fold(text), text)
    return reference.tables().labels.get(column.table_code, {}).get(fold(text), text)


def own_codes(template: Template, actor: User, organisation: Organisation | None) -> Mapping[str, Sequence[Choice]]:
    """The values of columns that hold codes of the template's room, by column code."""
    return template.choices(actor, organisation) if template.choices else {}


def choices_of(
    template: Template, column: Column, own: Mapping[str, Sequence[Choice]], *, strict: bool = True
) -> Sequence[Choice]:
    """The values that a column's cells may hold; none where they may hold anything.

    Args:
        template: the template.
        column: the column.
        own: as ``own_codes`` found them.
        strict: leave out lists beside which any other text is taken too.
    """
    if found := own.get(column.code):
        return found
    return () if strict and column.open else listed(column)

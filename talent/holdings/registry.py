"""What every room holds on a person: where it stands, what of it is told, and what becomes of it on erasure.

Each room declares its tables in a module ``holdings`` of its own; whoever tells a person what is held on them, or
erases them, goes by these declarations and by nothing else. A table that refers to persons and is declared nowhere, or
a text of a declared table of which nobody has said what becomes of it, fails a test.
"""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.functional import Promise

from backend.rooms import rooms_with

Words = str | Promise


class Fate(StrEnum):
    """What becomes of rows when their person is erased."""

    ERASED = "erased"
    STRIPPED = "stripped"
    KEPT = "kept"


class By(StrEnum):
    """What a column refers to, and the parameter that the statements are given for it."""

    PERSON = "persons"
    RECORD = "records"
    CANDIDATE = "candidates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A table that holds something on persons.

    ``by`` says which of its columns lead to the person, to a record or to a candidate of theirs; ``through`` gives, for
    a column that leads there by another declared table, that table. ``tells`` are the columns that the person is told.
    ``sealed`` is a column of theirs that rests sealed as an object of texts, ``number`` one that rests sealed as a
    number. ``strips`` gives by column the SQL that takes the person's part out of a row that stays (``***`` stands for
    a name), ``keeps`` the texts that stay because they say nothing of whom they are about. ``why`` says on which ground
    the row stays. ``said``: the table is append-only, and only ``erase_said`` may strip it.
    """

    table: str
    label: Words
    by: Mapping[str, By] = field(default_factory=dict)
    through: Mapping[str, str] = field(default_factory=dict)
    tells: tuple[str, ...] = ()
    sealed: str = ""
    number: str = ""
    fate: Fate = Fate.KEPT
    strips: Mapping[str, str] = field(default_factory=dict)
    keeps: tuple[str, ...] = ()
    why: Words = ""
    said: bool = False

    @property
    def where(self) -> str:
        """The condition by which rows of the table are the person's, in SQL, with the parameters of ``By``."""
        found = [f'"{column}" = ANY (%({by.value})s::bigint[])' for column, by in self.by.items()]
        for column, table in self.through.items():
            found.append(f'"{column}" IN (SELECT id FROM {table} WHERE {holding(table).where})')
        return "(" + " OR ".join(found) + ")"


_holdings: dict[str, Holding] = {}


def declare(*holdings: Holding) -> None:
    """Make a room's tables known.

    Raises:
        ValueError: a table is declared twice, or its declaration contradicts itself.
    """
    for one in holdings:
        if _holdings.setdefault(one.table, one) is not one:
            raise ValueError(f"Two rooms declare the table “{one.table}”.")
        if not one.by and not one.through:
            raise ValueError(f"“{one.table}” does not say which column leads to the person.")
        if bool(one.strips) != (one.fate == Fate.STRIPPED):
            raise ValueError(f"“{one.table}” is stripped of something, or it is not.")


def holding(table: str) -> Holding:
    """The declaration of a table. Raises KeyError."""
    return everything()[table]


def everything() -> dict[str, Holding]:
    """All declarations by table, of every room."""
    for room in rooms_with("holdings", ("talent", "programs")):
        importlib.import_module(f"{room}.holdings")
    return _holdings

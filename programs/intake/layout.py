"""A template's columns: what they are called, what they hold, and which of them a file's header names.

Free of Django and of polars: the process that reads a partner's file is told by this what to look for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from backend.reference.folding import fold

TEXT, NAME, DATE, CODE = "text", "name", "date", "code"
NUMBER, DECIMAL, NUMBER_TEXT, USCC = "number", "decimal", "number_text", "uscc"
KINDS = (TEXT, NAME, DATE, CODE, NUMBER, DECIMAL, NUMBER_TEXT, USCC)


class Choice(NamedTuple):
    """A value that a column of codes may hold, where no code table has it: its code, its names, other spellings."""

    code: str
    zh: str
    en: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its code, its two names, whether it is needed (yes, conditional, no), and what it holds.

    Attributes:
        kind: ``text``; ``name`` (a person's, freed of what is form alone); ``date``; ``code`` (of a table or of
            ``choices``); ``number`` (whole) and ``decimal``; ``number_text`` (digits that are no number: documents,
            certificates, telephones); ``uscc`` (a unified social credit code).
        aliases: further headers by which it is known.
        table: the code table of a ``code``; empty: the one that is called as the column.
        choices: what a ``code`` may be, where there is no table for it.
        open: whether a ``code`` may be any other text as well.
        masked: whether what stands in it is never shown in the clear.
        prose: whether it keeps brackets and punctuation as typed: registered names, remarks.
        least, most: between which a number must lie, both included.
        places: digits behind a ``decimal``'s point.
        month: what a ``date`` that gives a month alone stands for: the month's ``first`` or ``last`` day, or ``none``.
    """

    code: str
    zh: str
    en: str
    needed: str
    kind: str
    aliases: tuple[str, ...] = ()
    table: str = ""
    choices: tuple[Choice, ...] = ()
    open: bool = False
    masked: bool = False
    prose: bool = False
    least: int | None = None
    most: int | None = None
    places: int = 2
    month: str = "first"

    def label(self, chinese: bool) -> str:
        """The column's name in a language."""
        return self.zh if chinese else self.en

    @property
    def table_code(self) -> str:
        """The code table that says what the column may hold; empty where none does."""
        return "" if self.kind != CODE or self.choices else self.table or self.code


@dataclass(frozen=True)
class Layout:
    """The columns of one template, in their order."""

    columns: tuple[Column, ...]

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The columns' codes."""
        return tuple(column.code for column in self.columns)

    @cached_property
    def needed(self) -> tuple[str, ...]:
        """The codes of the columns without which a file is refused."""
        return tuple(column.code for column in self.columns if column.needed == "yes")

    @cached_property
    def order(self) -> Mapping[str, int]:
        """Each column's place from 0."""
        return {code: place for place, code in enumerate(self.codes)}

    @cached_property
    def by_code(self) -> Mapping[str, Column]:
        """The columns by their codes."""
        return {column.code: column for column in self.columns}

    @cached_property
    def masked(self) -> frozenset[str]:
        """The codes of the columns whose values are masked whole; every other one is searched for numbers."""
        return frozenset(column.code for column in self.columns if column.masked)

    @cached_property
    def _headers(self) -> Mapping[str, str]:
        names: dict[str, str] = {}
        for column in self.columns:
            for name in (column.code, column.zh, column.en, *column.aliases):
                names.setdefault(fold(name), column.code)
        return names

    def header_code(self, text: str) -> str | None:
        """The code of the column that a header names, by code, Chinese or English name; None for one unknown."""
        return self._headers.get(fold(text))

    def label(self, code: str, chinese: bool) -> str:
        """A column's name in a language, or its code if there is no such column."""
        column = self.by_code.get(code)
        return column.label(chinese) if column else code

    def told(self) -> list[list[Any]]:
        """What a reader needs to know of it, fit for JSON."""
        return [[one.code, one.zh, one.en, one.needed, one.kind, list(one.aliases)] for one in self.columns]


def layout_told(told: Sequence[Sequence[Any]]) -> Layout:
    """The layout that ``Layout.told`` told, as far as a reader needs it."""
    return Layout(
        tuple(Column(code, zh, en, needed, kind, tuple(aliases)) for code, zh, en, needed, kind, aliases in told)
    )

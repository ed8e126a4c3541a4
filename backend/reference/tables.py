"""The product's code tables, read from its own CSV files or from the rows that were loaded from them.

A table file has the columns ``code, name_zh, name_en, aliases, extra``: aliases are separated by ``|`` (old and current
names, names with and without a qualifier), ``extra`` is ``key=value;…``. ``group=1`` marks a heading of the standard,
which no cell may hold as its value. Codes that a standard does not give yet are ``L-…``, local to this product.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path

from backend.reference.folding import fold

DATA = Path(__file__).resolve().parent / "data"

TABLES = (
    "id_type",
    "gender",
    "education",
    "degree",
    "title",
    "district",
    "occupation",
    "segment",
    "path",
    "outcome",
    "leaving_reason",
    "school",
    "funding_source",
    "withdrawal_reason",
    "level",
    "candidate_source",
    "move_reason",
)
"""Every code table, by name; ``school`` is keyed by the ministry's five-digit code.

Where money comes from and why people withdraw no standard lists: those two are the bureau's own (``source=bureau``).
"""


@dataclass(frozen=True, slots=True)
class CodeRow:
    """One value of one table, as its file states it. ``position`` is its line, from 1."""

    table: str
    code: str
    name_zh: str
    name_en: str
    aliases: tuple[str, ...]
    extra: Mapping[str, str]
    position: int

    @property
    def is_group(self) -> bool:
        """Whether this is a heading (10, 20, 080 …) and so no value of a cell."""
        return self.extra.get("group") == "1"

    def labels(self) -> Iterator[str]:
        """Everything a cell may say to mean this code, the code first."""
        yield self.code
        if (bare := self.code.lstrip("0")) and bare != self.code:
            yield bare  # a spreadsheet that took the code for a number has dropped its leading zeros
        yield self.name_zh
        yield self.name_en
        yield from self.aliases


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables as the checks use them.

    ``labels[table][fold(text)]`` is the code that a cell's text stands for, ``schools[fold(text)]`` the five-digit code
    of a university by its old or current name. ``names[table][code]`` is ``(Chinese, English)`` and
    ``attributes[table][code]`` the table's own attributes (``series``, ``level``, ``status`` …), headings included.
    """

    labels: Mapping[str, Mapping[str, str]]
    schools: Mapping[str, str]
    names: Mapping[str, Mapping[str, tuple[str, str]]] = field(default_factory=dict)
    attributes: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HolidayRow:
    """A published day off (``off``), or a weekend day that is worked instead (``makeup_workday``)."""

    day: date
    name_zh: str
    kind: str


def read_rows(table: str, directory: Path = DATA) -> list[CodeRow]:
    """The rows of one table's file, headings included, in the file's order."""
    with (directory / f"{table}.csv").open(encoding="utf-8", newline="") as source:
        return [
            CodeRow(
                table=table,
                code=line["code"],
                name_zh=line["name_zh"],
                name_en=line["name_en"],
                aliases=tuple(filter(None, line["aliases"].split("|"))),
                extra=dict(pair.split("=", 1) for pair in line["extra"].split(";") if pair),
                position=position,
            )
            for position, line in enumerate(csv.DictReader(source), start=1)
        ]


def read_holidays(directory: Path = DATA) -> list[HolidayRow]:
    """The published holidays and make-up working days, in the order of their days."""
    with (directory / "holiday.csv").open(encoding="utf-8", newline="") as source:
        return [
            HolidayRow(date.fromisoformat(line["day"]), line["name_zh"], line["kind"])
            for line in csv.DictReader(source)
        ]


@lru_cache(maxsize=1)
def read_name_characters(directory: Path = DATA) -> Mapping[str, str]:
    """Characters that no name should be written with, and the ideograph that each stands for.

    ``radical``: the CJK Radicals Supplement, by Unicode's Equivalent_Unified_Ideograph, which NFKC leaves alone.
    ``private_use``: the eighty characters that GBK fonts kept in the private use area until Unicode had them.
    """
    with (directory / "name_character.csv").open(encoding="utf-8", newline="") as source:
        return {chr(int(line["code_point"], 16)): chr(int(line["replacement"], 16)) for line in csv.DictReader(source)}


def build_tables(rows: Iterable[CodeRow]) -> Tables:
    """The tables that ``rows`` make up. Where two codes share a label, the first one in the file has it.

    A code always stands for itself: no other row's name or alias takes it away.
    """
    every = list(rows)
    labels: dict[str, dict[str, str]] = {table: {} for table in TABLES}
    names: dict[str, dict[str, tuple[str, str]]] = {table: {} for table in TABLES}
    attributes: dict[str, dict[str, Mapping[str, str]]] = {table: {} for table in TABLES}
    for row in every:
        names[row.table][row.code] = (row.name_zh, row.name_en or row.name_zh)
        attributes[row.table][row.code] = row.extra
        if not row.is_group:
            labels[row.table][fold(row.code)] = row.code
    for row in every:
        if row.is_group:
            continue
        for label in row.labels():
            if folded := fold(label):
                labels[row.table].setdefault(folded, row.code)
    return Tables(labels=labels, schools=labels["school"], names=names, attributes=attributes)


@lru_cache(maxsize=1)
def load_tables(directory: Path = DATA) -> Tables:
    """All tables of :data:`TABLES` from the product's files."""
    return build_tables(row for table in TABLES for row in read_rows(table, directory))

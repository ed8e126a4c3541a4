"""Single sampling plans of GB/T 2828.1-2012 (ISO 2859-1:1999), read from ``tables.toml``; nothing here is stored.

A lot's size and an inspection level give a code letter (table 1); letter, AQL and severity give sample size and
acceptance number (tables 2-A, 2-B, 2-C).
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.db import models
from django.utils.translation import gettext_lazy as _

TABLES = Path(__file__).with_name("tables.toml")
DOWN, UP, NO_PLAN = "v", "^", "."
MOST_PERCENT = 10.0
"""Up to this AQL a plan counts nonconforming units in percent; above, it counts defects per hundred units."""


class Severity(models.TextChoices):
    """How hard a lot is looked at."""

    NORMAL = "normal", _("Normal inspection")
    TIGHTENED = "tightened", _("Tightened inspection")
    REDUCED = "reduced", _("Reduced inspection")


TABLE_OF = {Severity.NORMAL: "2-A", Severity.TIGHTENED: "2-B", Severity.REDUCED: "2-C"}


@dataclass(frozen=True, slots=True)
class Plan:
    """How many of a lot are looked at, and how many of them may be nonconforming.

    ``letter`` is the code letter whose row the arrows led to, ``whole`` that every unit is looked at because the plan
    asks for no fewer than there are; ``sample_size`` is then the lot's size.
    """

    letter: str
    sample_size: int
    accept_number: int
    whole: bool = False

    @property
    def reject_number(self) -> int:
        return self.accept_number + 1


@dataclass(frozen=True, slots=True)
class _Master:
    """One of the tables 2: sample sizes by letter, and by letter and AQL what stands in the cell."""

    sizes: dict[str, int]
    cells: dict[str, dict[str, str]]


@cache
def _tables() -> dict[str, str]:
    return tomllib.loads(TABLES.read_text("utf-8"))


@cache
def _code_letters() -> tuple[tuple[int | None, dict[str, str]], ...]:
    heading, *rows = [line.split() for line in _tables()["code_letters"].strip().splitlines()]
    return tuple(
        (None if end == "above" else int(end), dict(zip(heading[1:], letters, strict=True))) for end, *letters in rows
    )


@cache
def _master(severity: str) -> _Master:
    heading, *rows = [line.split() for line in _tables()[severity].strip().splitlines()]
    return _Master(
        sizes={letter: int(size) for letter, size, *_cells in rows},
        cells={letter: dict(zip(heading[1:], cells, strict=True)) for letter, _size, *cells in rows},
    )


@cache
def levels() -> tuple[str, ...]:
    """The inspection levels: the special ones, which look at the fewest, then the general ones."""
    return tuple(_code_letters()[0][1])


@cache
def aqls() -> tuple[str, ...]:
    """Every AQL of the tables, as they write it, the strictest first."""
    return tuple(_master(Severity.NORMAL).cells["A"])


@cache
def percent_aqls() -> tuple[str, ...]:
    """The AQLs in percent nonconforming, which are those that a lot of records can be judged by."""
    return tuple(one for one in aqls() if float(one) <= MOST_PERCENT)


def code_letter(lot_size: int, level: str) -> str:
    """The code letter of a lot. A lot of a single unit goes by the smallest that the table knows.

    Raises:
        ValueError: the lot is empty, or there is no such level.
    """
    if lot_size < 1 or level not in levels():
        raise ValueError(f"no code letter for {lot_size} units at level {level}")
    return next(letters[level] for end, letters in _code_letters() if end is None or lot_size <= end)


def master_plan(severity: str, letter: str, aql: str) -> Plan:
    """What a cell of the tables 2 says, its arrow followed; whatever the lot's size.

    Raises:
        ValueError: there is no such severity, letter, AQL, or no plan there.
    """
    if severity not in Severity.values or aql not in aqls():
        raise ValueError(f"no {severity} plan at AQL {aql}")
    master = _master(severity)
    letters = list(master.cells)
    if letter not in letters or master.cells[letter][aql] == NO_PLAN:
        raise ValueError(f"no {severity} plan for code letter {letter} at AQL {aql}")
    place = letters.index(letter)
    while (cell := master.cells[letters[place]][aql]) in (DOWN, UP):
        place += 1 if cell == DOWN else -1
    return Plan(letters[place], master.sizes[letters[place]], int(cell))


def plan_for(*, lot_size: int, level: str, aql: str, severity: str) -> Plan:
    """The plan for a lot; where it asks for as many units as there are or more, all of them are looked at.

    Raises:
        ValueError: as ``code_letter`` and ``master_plan``.
    """
    found = master_plan(severity, code_letter(lot_size, level), aql)
    if found.sample_size >= lot_size:
        return Plan(found.letter, lot_size, found.accept_number, whole=True)
    return found


def accept_number_one_step_tighter(letter: str, aql: str) -> int | None:
    """The acceptance number in the same row of normal inspection at the next stricter AQL; none without a plan there.

    Args:
        letter: of the plan that was used, so that the sample is of the same size.
        aql: by which the lot was judged.
    """
    place = aqls().index(aql)
    cell = _master(Severity.NORMAL).cells[letter][aqls()[place - 1]] if place else DOWN
    return int(cell) if cell.isdigit() else None

"""The tables of a plan file, which say where they stand when something is wrong in them."""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from programs.targets.planlines import line_of

_CALLED: dict[type, Promise] = {
    str: lazy("a text"),
    int: lazy("a whole number"),
    float: lazy("a number"),
    bool: lazy("true or false"),
    list: lazy("a list"),
    dt.date: lazy("a day such as 2020-12-31"),
}
LONGEST_CODE = 60
LONGEST_TEXT = 200
GREATEST_NUMBER = 10**15


class PlanError(NamedTuple):
    """One thing that is wrong: the line from 1, the field (empty: the file as a whole), and what is wrong with it."""

    line: int
    field: str
    what: str

    @classmethod
    def at(cls, lines: dict[str, int], field: str, what: str) -> "PlanError":
        """What is wrong at ``field``, whose line is looked up."""
        return cls(line_of(lines, field), field, what)


class BadPlan(ValueError):
    """A plan file that cannot be taken; the message names the file, the places in it and what to write there."""

    def __init__(self, file: str, errors: Sequence[PlanError]) -> None:
        self.file = file
        self.errors = list(errors)
        super().__init__(file, self.errors)

    def __str__(self) -> str:
        return "\n".join(
            _("%(file)s: %(what)s (line %(line)d).")
            % {"file": self.file, "what": f"{error.field} {error.what}".strip(), "line": error.line}
            for error in self.errors
        )


class Table:
    """One table of the file; ``place`` is what leads to it, with a dot at its end, empty for the file itself."""

    def __init__(self, file: str, place: str, content: dict[str, Any], lines: dict[str, int]) -> None:
        self.file = file
        self.place = place
        self.content = content
        self.lines = lines
        self._read: set[str] = set()

    @contextmanager
    def gathering(self, errors: list[PlanError]) -> Iterator[None]:
        """Has what is refused inside added to ``errors``, so that the rest of the file is looked at too."""
        try:
            yield
        except BadPlan as bad:
            errors += bad.errors

    def bad(self, name: str, what: str) -> BadPlan:
        return BadPlan(self.file, [PlanError.at(self.lines, f"{self.place}{name}", what)])

    def value(self, name: str, kind: type, *, needed: bool = True) -> Any:
        self._read.add(name)
        value = self.content.get(name)
        if value is None:
            if needed:
                raise self.bad(name, _("is missing"))
            return None
        # A bool is an int and a moment is a day to Python, and neither is meant; a whole number is a number.
        taken = (int, float) if kind is float else kind
        foreign = dt.datetime if kind is bool else bool | dt.datetime
        if not isinstance(value, taken) or isinstance(value, foreign):
            what = _("must be %(kind)s, not %(value)s") % {"kind": _CALLED[kind], "value": repr(value)[:80]}
            raise self.bad(name, what)
        return value

    def text(self, name: str) -> str:
        value = self.value(name, str).strip()
        if not value:
            raise self.bad(name, _("is empty"))
        if len(value) > LONGEST_TEXT:
            raise self.bad(name, _("is longer than %(most)d characters") % {"most": LONGEST_TEXT})
        if "\0" in value:
            raise self.bad(name, _("holds a character that cannot be kept"))
        return value

    def code(self, name: str) -> str:
        value = self.text(name)
        if len(value) > LONGEST_CODE or not all(sign.isalnum() or sign in "-_." for sign in value):
            raise self.bad(name, _("takes up to 60 letters, digits, “-”, “_” and “.”"))
        return value

    def texts(self, name: str, *, needed: bool = True) -> list[str]:
        values = self.value(name, list, needed=needed)
        if values is None:
            return []
        if not values or not all(isinstance(value, str) and value and "\0" not in value for value in values):
            raise self.bad(name, _("must list at least one code, each in quotation marks"))
        self.once(values, name)
        return values

    def choice(self, name: str, choices: tuple[str, ...], default: str | None = None) -> str:
        self._read.add(name)
        if default is not None and name not in self.content:
            return default
        value = self.text(name)
        if value not in choices:
            what = _("must be one of %(choices)s, not “%(value)s”")
            raise self.bad(name, what % {"choices": ", ".join(choices), "value": value})
        return value

    def flag(self, name: str) -> bool | None:
        """``true`` or ``false``, or ``None`` where it is not said."""
        value: bool | None = self.value(name, bool, needed=False)
        return value

    def number(self, name: str) -> Decimal:
        """A number that is not less than nothing, with up to six places."""
        value = self.value(name, float)
        # Not a number is not less than anything either.
        if not 0 <= value < GREATEST_NUMBER:
            raise self.bad(name, _("must be a number from 0 to below 10¹⁵"))
        number = Decimal(str(value))
        if number != round(number, 6):
            raise self.bad(name, _("has more than six decimal places"))
        return number

    def date(self, name: str, *, needed: bool = True) -> Any:
        return self.value(name, dt.date, needed=needed)

    def span(self, default: tuple[dt.date, dt.date] | None) -> tuple[dt.date, dt.date]:
        needed = default is None
        starts_on, ends_on = self.date("starts_on", needed=needed), self.date("ends_on", needed=needed)
        if default is not None:
            starts_on, ends_on = starts_on or default[0], ends_on or default[1]
        if ends_on < starts_on:
            raise self.bad("ends_on", _("lies before starts_on"))
        return starts_on, ends_on

    def tables(self, name: str, *, needed: bool = True) -> Iterator["Table"]:
        values = self.value(name, list, needed=needed) or []
        if needed and not values:
            raise self.bad(name, _("is empty"))
        for position, value in enumerate(values, 1):
            if not isinstance(value, dict):
                raise self.bad(f"{name}[{position}]", _("must be a table"))
            yield Table(self.file, f"{self.place}{name}[{position}].", value, self.lines)

    def once(self, values: list[str], name: str) -> None:
        twice = sorted({value for value in values if values.count(value) > 1})
        if twice:
            raise self.bad(name, _("names %(twice)s more than once") % {"twice": ", ".join(twice)})

    def nothing_else(self) -> None:
        unknown = sorted(set(self.content) - self._read)
        if unknown:
            raise self.bad(unknown[0], _("is not an entry of a plan file"))

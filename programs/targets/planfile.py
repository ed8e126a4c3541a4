"""Plan files, and reading them: TOML in, checked dataclasses out. Knows nothing of the database."""

import datetime as dt
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "plans"

KINDS = ("education", "title")
EVIDENCE = ("claimed", "evidenced", "confirmed")
_CALLED = {str: "a text", int: "a whole number", list: "a list", dt.date: "a day such as 2020-12-31"}
_LONGEST_CODE = 60
_LONGEST_TEXT = 200
_GREATEST_GOAL = 1_000_000_000


class BadPlan(ValueError):
    """A plan file that cannot be taken; the message names the file, the place in it and what to write there."""


@dataclass(frozen=True, slots=True)
class Qualifying:
    """One credential that qualifies for a tier, on the days on which the entry is in force (``None``: no bound)."""

    kind: str
    code: str
    valid_from: dt.date | None
    valid_to: dt.date | None


@dataclass(frozen=True, slots=True)
class TierEntry:
    """A tier; without qualifying credentials it asks for none."""

    code: str
    name_zh: str
    name_en: str
    qualifying: tuple[Qualifying, ...]


@dataclass(frozen=True, slots=True)
class TargetEntry:
    """A target; ``counts`` names tiers of the same file."""

    code: str
    name_zh: str
    name_en: str
    goal: int
    counts: tuple[str, ...]
    starts_on: dt.date
    ends_on: dt.date


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A plan as its file states it; ``source`` is the whole file as JSON-able data."""

    code: str
    name_zh: str
    name_en: str
    starts_on: dt.date
    ends_on: dt.date
    evidence: str
    tiers: tuple[TierEntry, ...]
    targets: tuple[TargetEntry, ...]
    source: dict[str, Any]

    def needs_credential(self, target: TargetEntry) -> bool:
        """Whether every tier that the target counts asks for a credential."""
        return all(tier.qualifying for tier in self.tiers if tier.code in target.counts)


def shipped() -> list[Path]:
    """The plan files that come with the product."""
    return sorted(FOLDER.glob("*.toml"))


def read(path: Path) -> PlanFile:
    """Read and check a plan file.

    Raises:
        BadPlan: it is no TOML (with the line), or an entry is missing, of the wrong kind, or contradicts another.
        OSError: the file cannot be read.
    """
    try:
        content = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadPlan(f"{path.name}: not readable as TOML in UTF-8: {error}") from None
    return _plan(_Table(path.name, "", content))


def _plan(table: "_Table") -> PlanFile:
    starts_on, ends_on = table.span(None)
    tiers = tuple(_tier(inner) for inner in table.tables("tiers"))
    table.once([tier.code for tier in tiers], "tiers")
    targets = tuple(
        _target(inner, (starts_on, ends_on), [tier.code for tier in tiers]) for inner in table.tables("targets")
    )
    table.once([target.code for target in targets], "targets")
    plan = PlanFile(
        code=table.code("code"),
        name_zh=table.text("name_zh"),
        name_en=table.text("name_en"),
        starts_on=starts_on,
        ends_on=ends_on,
        evidence=table.choice("evidence", EVIDENCE),
        tiers=tiers,
        targets=targets,
        source=_plain(table.content),
    )
    table.nothing_else()
    return plan


def _tier(table: "_Table") -> TierEntry:
    qualifying: list[Qualifying] = []
    for inner in table.tables("qualifying", needed=False):
        kind = inner.choice("kind", KINDS)
        codes = inner.texts("codes")
        span = inner.date("valid_from", needed=False), inner.date("valid_to", needed=False)
        if span[0] and span[1] and span[1] < span[0]:
            raise inner.bad("valid_to", "lies before valid_from")
        qualifying += [Qualifying(kind, code, *span) for code in codes]
        inner.nothing_else()
    table.once([f"{one.kind} {one.code} from {one.valid_from}" for one in qualifying], "qualifying")
    tier = TierEntry(table.code("code"), table.text("name_zh"), table.text("name_en"), tuple(qualifying))
    table.nothing_else()
    return tier


def _target(table: "_Table", span: tuple[dt.date, dt.date], tiers: list[str]) -> TargetEntry:
    goal = table.value("goal", int)
    if not 1 <= goal <= _GREATEST_GOAL:
        raise table.bad("goal", "must be at least 1 and at most a thousand million")
    counts = table.texts("counts")
    for tier in counts:
        if tier not in tiers:
            raise table.bad("counts", f"names “{tier}”, which is no tier of this file ({', '.join(tiers)})")
    starts_on, ends_on = table.span(span)
    target = TargetEntry(
        code=table.code("code"),
        name_zh=table.text("name_zh"),
        name_en=table.text("name_en"),
        goal=goal,
        counts=tuple(counts),
        starts_on=starts_on,
        ends_on=ends_on,
    )
    table.nothing_else()
    return target


class _Table:
    """One table of the file, which says where it stands when something is wrong in it."""

    def __init__(self, file: str, place: str, content: dict[str, Any]) -> None:
        self.file = file
        self.place = place
        self.content = content
        self._read: set[str] = set()

    def bad(self, name: str, what: str) -> BadPlan:
        return BadPlan(f"{self.file}: {self.place}{name} {what}.")

    def value(self, name: str, kind: type, *, needed: bool = True) -> Any:
        self._read.add(name)
        value = self.content.get(name)
        if value is None:
            if needed:
                raise self.bad(name, "is missing")
            return None
        # A bool is an int and a moment is a day to Python, and neither is meant.
        if not isinstance(value, kind) or isinstance(value, bool | dt.datetime):
            raise self.bad(name, f"must be {_CALLED[kind]}, not {value!r}")
        return value

    def text(self, name: str) -> str:
        value = self.value(name, str).strip()
        if not value:
            raise self.bad(name, "is empty")
        if len(value) > _LONGEST_TEXT:
            raise self.bad(name, f"is longer than {_LONGEST_TEXT} characters")
        return value

    def code(self, name: str) -> str:
        value = self.text(name)
        if len(value) > _LONGEST_CODE or not all(sign.isalnum() or sign in "-_." for sign in value):
            raise self.bad(name, "takes up to 60 letters, digits, “-”, “_” and “.”")
        return value

    def texts(self, name: str) -> list[str]:
        values = self.value(name, list)
        if not values or not all(isinstance(value, str) and value for value in values):
            raise self.bad(name, "must list at least one code, each in quotation marks")
        self.once(values, name)
        return values

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        value = self.text(name)
        if value not in choices:
            raise self.bad(name, f"must be one of {', '.join(choices)}, not “{value}”")
        return value

    def date(self, name: str, *, needed: bool = True) -> Any:
        return self.value(name, dt.date, needed=needed)

    def span(self, default: tuple[dt.date, dt.date] | None) -> tuple[dt.date, dt.date]:
        needed = default is None
        starts_on, ends_on = self.date("starts_on", needed=needed), self.date("ends_on", needed=needed)
        if default is not None:
            starts_on, ends_on = starts_on or default[0], ends_on or default[1]
        if ends_on < starts_on:
            raise self.bad("ends_on", "lies before starts_on")
        return starts_on, ends_on

    def tables(self, name: str, *, needed: bool = True) -> Iterator["_Table"]:
        values = self.value(name, list, needed=needed) or []
        if needed and not values:
            raise self.bad(name, "is empty")
        for position, value in enumerate(values, 1):
            if not isinstance(value, dict):
                raise self.bad(f"{name}[{position}]", "must be a table")
            yield _Table(self.file, f"{self.place}{name}[{position}].", value)

    def once(self, values: list[str], name: str) -> None:
        twice = sorted({value for value in values if values.count(value) > 1})
        if twice:
            raise self.bad(name, f"names {', '.join(twice)} more than once")

    def nothing_else(self) -> None:
        unknown = sorted(set(self.content) - self._read)
        if unknown:
            raise self.bad(unknown[0], "is not an entry of a plan file")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, dt.date) else value

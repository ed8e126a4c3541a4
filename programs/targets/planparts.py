"""What a plan file says of a target's parts, and of what is to be reached from a later day on: read and checked."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from programs.targets.plantable import PlanError, Table

BY = ("organisation", "district", "segment", "year")
"""By what a target can be parted."""

GREATEST_GOAL = 1_000_000_000
_YEAR = re.compile(r"(19|2\d)\d\d")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a target: so many of its heads are to count for ``key`` on the days from first to last."""

    by: str
    key: str
    goal: int
    starts_on: dt.date
    ends_on: dt.date


@dataclass(frozen=True, slots=True)
class PartEntry:
    """A part as the file names it: of a year, of days of its own, or of all the target's days."""

    by: str
    key: str
    goal: int
    year: int | None
    starts_on: dt.date | None
    ends_on: dt.date | None
    place: str

    @property
    def name(self) -> tuple[object, ...]:
        """By what a later entry finds it again."""
        return self.by, self.key, self.year, self.starts_on, self.ends_on

    def over(self, starts_on: dt.date, ends_on: dt.date) -> Part:
        """The part of a target that has these days; where none of them is its own, it ends before it starts."""
        first, last = self.starts_on or starts_on, self.ends_on or ends_on
        year = int(self.key) if self.by == "year" else self.year
        if year is not None:
            first, last = max(dt.date(year, 1, 1), starts_on), min(dt.date(year, 12, 31), ends_on)
        return Part(self.by, self.key, self.goal, first, last)


@dataclass(frozen=True, slots=True)
class Amended:
    """What an amendment says of one target; ``None`` leaves it as it was, and parts that are not named stay."""

    target: str
    goal: int | None
    name_zh: str | None
    name_en: str | None
    ends_on: dt.date | None
    may_exceed: bool | None
    parts: tuple[PartEntry, ...]
    place: str


@dataclass(frozen=True, slots=True)
class Amendment:
    """What changes from a day on, and by which paper."""

    valid_from: dt.date
    source: str
    targets: tuple[Amended, ...]
    place: str


@dataclass(frozen=True, slots=True)
class Version:
    """What a target is to reach from ``valid_from`` on, until the next version."""

    valid_from: dt.date
    goal: int
    name_zh: str
    name_en: str
    starts_on: dt.date
    ends_on: dt.date
    parts: tuple[Part, ...] = ()
    may_exceed: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True)
class Sum:
    """The parts of one dimension and the same days together, against the goal that they part.

    ``of`` is the year whose own goal that is, or empty where it is the target's.
    """

    by: str
    starts_on: dt.date
    ends_on: dt.date
    of: str
    goal: int
    allotted: int

    @property
    def not_allotted(self) -> int:
        return max(self.goal - self.allotted, 0)

    @property
    def exceeds(self) -> int:
        """By how many heads the parts are more than their parent."""
        return max(self.allotted - self.goal, 0)


def sums(goal: int, span: tuple[dt.date, dt.date], parts: Sequence[Part]) -> list[Sum]:
    """The parts of a target with ``goal`` and ``span``, added up against their parents."""
    years = {(part.starts_on, part.ends_on): part for part in parts if part.by == "year"}
    allotted: dict[tuple[str, dt.date, dt.date], int] = defaultdict(int)
    for part in parts:
        allotted[_group(part, span)] += part.goal
    found = []
    for (by, first, last), total in allotted.items():
        year = years.get((first, last)) if by != "year" and (first, last) != span else None
        found.append(Sum(by, first, last, year.key if year else "", year.goal if year else goal, total))
    return found


def _group(part: Part, span: tuple[dt.date, dt.date]) -> tuple[str, dt.date, dt.date]:
    """What a part is added up with: every year with the others, anything else with what has the same days."""
    return (part.by, *span) if part.by == "year" else (part.by, part.starts_on, part.ends_on)


def goal_of(table: Table, *, least: int = 1) -> int:
    """The goal that stands in a table of the file."""
    goal: int = table.value("goal", int)
    if goal < least or goal > GREATEST_GOAL:
        said = _("must be at least 1 and at most a thousand million")
        raise table.bad("goal", said if least else _("must be at least 0 and at most a thousand million"))
    return goal


def part_entries(table: Table, *, least: int = 1) -> tuple[PartEntry, ...]:
    """The parts that stand in a table of a target; ``least`` 0 lets a part be taken away."""
    found: list[PartEntry] = []
    for inner in table.tables("parts", needed=False):
        part = _part(inner, least)
        if any(part.name == one.name for one in found):
            raise inner.bad("key", _("names %(twice)s more than once") % {"twice": _called(part)})
        found.append(part)
    return tuple(found)


def _part(table: Table, least: int) -> PartEntry:
    by, key = table.choice("by", BY), table.text("key")
    year = table.value("year", int, needed=False)
    starts_on, ends_on = table.date("starts_on", needed=False), table.date("ends_on", needed=False)
    if by == "year" and not _YEAR.fullmatch(key):
        raise table.bad("key", _('must be a year such as "2019"'))
    if year is not None and not 1900 <= year <= 2999:
        raise table.bad("year", _("must be a year such as 2019"))
    for name in ("year", "starts_on", "ends_on"):
        if table.content.get(name) is not None and (by == "year" or (year is not None and name != "year")):
            raise table.bad(name, _("does not go with a part of a year, which has the year's days"))
    if starts_on and ends_on and ends_on < starts_on:
        raise table.bad("ends_on", _("lies before starts_on"))
    part = PartEntry(by, key, goal_of(table, least=least), year, starts_on, ends_on, table.place.removesuffix("."))
    table.nothing_else()
    return part


def amendments(table: Table, targets: Sequence[str], errors: list[PlanError]) -> list[Amendment]:
    """The amendments of a file, the earliest first; what is wrong in one is added to ``errors``."""
    found = []
    for inner in table.tables("amendments", needed=False):
        with table.gathering(errors):
            found.append(_amendment(inner, targets))
    with table.gathering(errors):
        table.once([one.valid_from.isoformat() for one in found], "amendments")
    return sorted(found, key=lambda one: one.valid_from)


def _amendment(table: Table, targets: Sequence[str]) -> Amendment:
    valid_from, source = table.date("from"), table.text("source")
    found = [_amended(inner, targets) for inner in table.tables("targets")]
    table.once([one.target for one in found], "targets")
    amendment = Amendment(valid_from, source, tuple(found), table.place.removesuffix("."))
    table.nothing_else()
    return amendment


def _amended(table: Table, targets: Sequence[str]) -> Amended:
    code = table.code("code")
    if code not in targets:
        what = _("names “%(target)s”, which is no target of this file (%(known)s)")
        raise table.bad("code", what % {"target": code, "known": ", ".join(targets)})
    amended = Amended(
        target=code,
        goal=goal_of(table) if "goal" in table.content else None,
        name_zh=table.text("name_zh") if "name_zh" in table.content else None,
        name_en=table.text("name_en") if "name_en" in table.content else None,
        ends_on=table.date("ends_on", needed=False),
        may_exceed=table.flag("may_exceed"),
        parts=part_entries(table, least=0),
        place=table.place.removesuffix("."),
    )
    table.nothing_else()
    if len(table.content) < 2:
        raise table.bad("code", _("is all that stands here; say what changes"))
    return amended


def versions(
    table: Table, base: Version, parts: Sequence[PartEntry], place: str, code: str, amendments: Sequence[Amendment]
) -> tuple[Version, ...]:
    """What a target is to reach, version after version.

    Args:
        table: the file.
        base: the first version, without its parts.
        parts: its parts.
        place: where the target stands in the file.
        code: its code.
        amendments: the file's, the earliest first.

    Raises:
        BadPlan: a part has no day of the target's, two are the same, parts are more than their parent may have, or an
            amendment lies outside the target's days.
    """
    standing = {one.name: one for one in parts}
    found = [_parted(table, base, standing, place, place)]
    for amendment in amendments:
        for amended in amendment.targets:
            if amended.target != code:
                continue
            before = found[-1]
            if not before.starts_on < amendment.valid_from <= before.ends_on:
                what = _("must lie after the target's first day and not after its last, %(first)s to %(last)s")
                days = {"first": before.starts_on, "last": before.ends_on}
                raise table.bad(f"{amendment.place}.from", what % days)
            for one in amended.parts:
                if not one.goal and one.name not in standing:
                    raise table.bad(f"{one.place}.goal", _("is 0, which takes away a part that stands; there is none"))
                standing[one.name] = one
            standing = {name: one for name, one in standing.items() if one.goal}
            version = replace(
                before,
                valid_from=amendment.valid_from,
                source=amendment.source,
                goal=amended.goal or before.goal,
                name_zh=amended.name_zh or before.name_zh,
                name_en=amended.name_en or before.name_en,
                ends_on=amended.ends_on or before.ends_on,
                may_exceed=before.may_exceed if amended.may_exceed is None else amended.may_exceed,
            )
            if version.ends_on < version.valid_from:
                raise table.bad(f"{amended.place}.ends_on", _("lies before the day of the amendment"))
            found.append(_parted(table, version, standing, amended.place, amended.place))
    return tuple(found)


def _parted(
    table: Table, version: Version, standing: dict[tuple[object, ...], PartEntry], place: str, own: str
) -> Version:
    """The version with its parts. What is wrong is told where it stands, or at ``place`` if that is elsewhere."""
    span = version.starts_on, version.ends_on
    there: dict[tuple[object, ...], str] = {}
    parts, groups = [], {}
    for entry in standing.values():
        at = entry.place if entry.place.startswith(f"{own}.") else place
        part = entry.over(*span)
        if part.ends_on < part.starts_on or part.starts_on < span[0] or part.ends_on > span[1]:
            what = _("has days outside the target's, %(first)s to %(last)s")
            said = what % {"first": span[0], "last": span[1]}
            raise table.bad(at, said if at == entry.place else f"({_called(entry)}) {said}")
        key = (part.by, part.key, part.starts_on, part.ends_on)
        if key in there:
            raise table.bad(at, _("is the same part as %(other)s") % {"other": there[key]})
        there[key] = entry.place
        groups[_group(part, span)] = f"{at}.goal"
        parts.append(part)
    for one in () if version.may_exceed else sums(version.goal, span, parts):
        if one.exceeds:
            what = _(
                "brings the parts by %(by)s to %(allotted)s, more than the %(goal)s that they part; say"
                " may_exceed = true at the target if that is meant"
            )
            said = what % {"by": one.by, "allotted": f"{one.allotted:,}", "goal": f"{one.goal:,}"}
            raise table.bad(groups[one.by, one.starts_on, one.ends_on], said)
    return replace(version, parts=tuple(parts))


def _called(entry: PartEntry) -> str:
    days = [str(one) for one in (entry.year, entry.starts_on, entry.ends_on) if one]
    return " ".join([entry.by, entry.key, *days])


def keys(parts: Sequence[PartEntry], by: str) -> Iterator[tuple[str, str]]:
    """The keys of the dimension ``by`` that parts name, each with where it stands."""
    return ((one.key, f"{one.place}.key") for one in parts if one.by == by)

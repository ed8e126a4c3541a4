"""Plan files, and reading them: TOML in, checked dataclasses out. Knows nothing of the database."""

import datetime as dt
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from programs.targets import planparts
from programs.targets.planindicators import IndicatorEntry, indicator
from programs.targets.planlines import lines_of
from programs.targets.planparts import Amendment, PartEntry, Version
from programs.targets.plantable import BadPlan, PlanError, Table

__all__ = [
    "BadPlan",
    "Entry",
    "PlanError",
    "PlanFile",
    "Qualifying",
    "TargetEntry",
    "TierEntry",
    "parse",
    "read",
    "shipped",
]

FOLDER = Path(__file__).parent / "plans"

KINDS = ("education", "title")
EVIDENCE = ("claimed", "evidenced", "confirmed")
STATUSES = ("graduated",)
"""Of a level of education, what counts unless the entry says otherwise."""

LARGEST = 512 * 1024
_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")


@dataclass(frozen=True, slots=True)
class Qualifying:
    """One credential that qualifies for a tier, on the days on which the entry is in force (``None``: no bound)."""

    kind: str
    code: str
    valid_from: dt.date | None
    valid_to: dt.date | None
    evidence: str = "claimed"


@dataclass(frozen=True, slots=True)
class Entry:
    """Credentials that qualify for a tier, as the file names them: by code, or by what their table knows of them.

    ``series`` and ``ranks`` are of titles, ``levels`` and ``statuses`` of education; ``place`` is where the entry
    stands in the file, for whoever finds that it names nothing.
    """

    kind: str
    codes: tuple[str, ...]
    series: tuple[str, ...]
    ranks: tuple[str, ...]
    levels: tuple[str, ...]
    statuses: tuple[str, ...]
    valid_from: dt.date | None
    valid_to: dt.date | None
    evidence: str
    place: str


@dataclass(frozen=True, slots=True)
class TierEntry:
    """A tier; without qualifying credentials it asks for none. ``evidence`` is what its entries ask for by default."""

    code: str
    name_zh: str
    name_en: str
    evidence: str
    qualifying: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class TargetEntry:
    """A target as it is at its end, after every amendment; ``counts`` names tiers of the same file.

    ``parts`` are those that the target itself names, ``versions`` what it is to reach from which day on.
    """

    code: str
    name_zh: str
    name_en: str
    goal: int
    counts: tuple[str, ...]
    starts_on: dt.date
    ends_on: dt.date
    parts: tuple[PartEntry, ...]
    versions: tuple[Version, ...]
    place: str


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A plan as its file states it; ``source`` is the whole file as JSON-able data, ``lines`` where things stand."""

    code: str
    name_zh: str
    name_en: str
    starts_on: dt.date
    ends_on: dt.date
    evidence: str
    tiers: tuple[TierEntry, ...]
    targets: tuple[TargetEntry, ...]
    amendments: tuple[Amendment, ...]
    indicators: tuple[IndicatorEntry, ...]
    source: dict[str, Any]
    file: str
    lines: dict[str, int]

    @property
    def last_day(self) -> dt.date:
        """The last day on which anything of the plan ends."""
        return max([self.ends_on, *(target.ends_on for target in self.targets)])

    def needs_credential(self, target: TargetEntry) -> bool:
        """Whether every tier that the target counts asks for a credential."""
        return all(tier.qualifying for tier in self.tiers if tier.code in target.counts)

    def bad(self, field: str, what: str) -> BadPlan:
        """A refusal of what stands at ``field``."""
        return BadPlan(self.file, [PlanError.at(self.lines, field, what)])


def shipped() -> list[Path]:
    """The plan files that come with the product."""
    return sorted(FOLDER.glob("*.toml"))


def read(path: Path) -> PlanFile:
    """Read and check a plan file; see ``parse``.

    Raises:
        BadPlan: it cannot be taken.
        OSError: the file cannot be read.
    """
    return parse(path.read_bytes(), path.name)


def parse(data: bytes, file: str = "plan.toml") -> PlanFile:
    """Read and check a plan file's content.

    Args:
        data: the file.
        file: what it is called in messages.

    Raises:
        BadPlan: it is no TOML (with the line), or entries are missing, of the wrong kind, or contradict others; of each
            tier and target the first thing that is wrong is told.
    """
    if len(data) > LARGEST:
        raise BadPlan(file, [PlanError(1, "", _("is larger than a plan file can be"))])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        what = _("not readable as TOML in UTF-8: a character at line %(line)d is in another encoding")
        raise BadPlan(file, [PlanError(line, "", what % {"line": line})]) from None
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _PLACE.search(str(error))
        line, column = (int(place[1]), int(place[2])) if place else (text.count("\n") + 1, 1)
        what = _("not readable as TOML: it breaks off at line %(line)d, column %(column)d")
        raise BadPlan(file, [PlanError(line, "", what % {"line": line, "column": column})]) from None
    return _plan(Table(file, "", content, lines_of(text)))


def _plan(table: Table) -> PlanFile:
    errors: list[PlanError] = []
    starts_on, ends_on, evidence = dt.date.min, dt.date.max, EVIDENCE[0]
    with table.gathering(errors):
        starts_on, ends_on = table.span(None)
    with table.gathering(errors):
        evidence = table.choice("evidence", EVIDENCE)
    tiers: list[TierEntry] = []
    targets: list[TargetEntry] = []
    with table.gathering(errors):
        for inner in table.tables("tiers"):
            with table.gathering(errors):
                tiers.append(_tier(inner, evidence))
        table.once([tier.code for tier in tiers], "tiers")
    known = [str(one.get("code", "")) for one in table.content.get("tiers") or () if isinstance(one, dict)]
    with table.gathering(errors):
        for inner in table.tables("targets"):
            with table.gathering(errors):
                targets.append(_target(inner, (starts_on, ends_on), known))
        table.once([target.code for target in targets], "targets")
    indicators: list[IndicatorEntry] = []
    with table.gathering(errors):
        for inner in table.tables("indicators", needed=False):
            with table.gathering(errors):
                indicators.append(indicator(inner))
        table.once([one.code for one in indicators], "indicators")
    amendments: list[Amendment] = []
    with table.gathering(errors):
        codes = [str(one.get("code", "")) for one in table.content.get("targets") or () if isinstance(one, dict)]
        amendments = planparts.amendments(table, codes, errors)
    names = {"code": "", "name_zh": "", "name_en": ""}
    for name in names:
        with table.gathering(errors):
            names[name] = table.code(name) if name == "code" else table.text(name)
    with table.gathering(errors):
        table.nothing_else()
    in_order: list[TargetEntry] = []
    for target in () if errors else targets:
        with table.gathering(errors):
            in_order.append(_amended(table, target, amendments))
    if errors:
        raise BadPlan(table.file, sorted(errors, key=lambda error: error.line))
    return PlanFile(
        **names,
        starts_on=starts_on,
        ends_on=ends_on,
        evidence=evidence,
        tiers=tuple(tiers),
        targets=tuple(in_order),
        amendments=tuple(amendments),
        indicators=tuple(indicators),
        source=_plain(table.content),
        file=table.file,
        lines=table.lines,
    )


def _tier(table: Table, evidence: str) -> TierEntry:
    own = table.choice("evidence", EVIDENCE, default=evidence)
    qualifying = [_entry(inner, own) for inner in table.tables("qualifying", needed=False)]
    named = [f"{one.kind} {code} from {one.valid_from}" for one in qualifying for code in one.codes]
    table.once(named, "qualifying")
    tier = TierEntry(table.code("code"), table.text("name_zh"), table.text("name_en"), own, tuple(qualifying))
    table.nothing_else()
    return tier


def _entry(table: Table, evidence: str) -> Entry:
    kind = table.choice("kind", KINDS)
    given = {name: table.texts(name, needed=False) for name in ("codes", "series", "ranks", "levels", "statuses")}
    foreign = ("levels", "statuses") if kind == "title" else ("series", "ranks")
    for name in foreign:
        if given[name]:
            raise table.bad(name, _("does not belong to the kind “%(kind)s”") % {"kind": kind})
    if given["ranks"] and not given["series"]:
        raise table.bad("ranks", _("needs the series that it is of"))
    if given["statuses"] and not given["levels"]:
        raise table.bad("statuses", _("needs the levels that it is of"))
    wide = given["series"] or given["levels"]
    if bool(given["codes"]) == bool(wide):
        other = "series" if kind == "title" else "levels"
        raise table.bad("codes", _("is missing, or stands beside “%(other)s”; give one of both") % {"other": other})
    starts, ends = table.date("valid_from", needed=False), table.date("valid_to", needed=False)
    if starts and ends and ends < starts:
        raise table.bad("valid_to", _("lies before valid_from"))
    entry = Entry(
        kind=kind,
        codes=tuple(given["codes"]),
        series=tuple(given["series"]),
        ranks=tuple(given["ranks"]),
        levels=tuple(given["levels"]),
        statuses=tuple(given["statuses"]) or STATUSES,
        valid_from=starts,
        valid_to=ends,
        evidence=table.choice("evidence", EVIDENCE, default=evidence),
        place=table.place.removesuffix("."),
    )
    table.nothing_else()
    return entry


def _target(table: Table, span: tuple[dt.date, dt.date], tiers: Sequence[str]) -> TargetEntry:
    goal = planparts.goal_of(table)
    counts = table.texts("counts")
    for tier in counts:
        if tier not in tiers:
            what = _("names “%(tier)s”, which is no tier of this file (%(known)s)")
            raise table.bad("counts", what % {"tier": tier, "known": ", ".join(tiers)})
    starts_on, ends_on = table.span(span)
    names = table.text("name_zh"), table.text("name_en")
    may_exceed = table.flag("may_exceed") or False
    target = TargetEntry(
        code=table.code("code"),
        name_zh=names[0],
        name_en=names[1],
        goal=goal,
        counts=tuple(counts),
        starts_on=starts_on,
        ends_on=ends_on,
        parts=planparts.part_entries(table),
        versions=(Version(starts_on, goal, *names, starts_on, ends_on, (), may_exceed),),
        place=table.place.removesuffix("."),
    )
    table.nothing_else()
    return target


def _amended(table: Table, target: TargetEntry, amendments: Sequence[Amendment]) -> TargetEntry:
    """The target with every version of it, and as the last of them has it."""
    [base] = target.versions
    versions = planparts.versions(table, base, target.parts, target.place, target.code, amendments)
    last = versions[-1]
    return replace(
        target, goal=last.goal, name_zh=last.name_zh, name_en=last.name_en, ends_on=last.ends_on, versions=versions
    )


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, dt.date) else value

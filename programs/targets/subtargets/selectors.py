"""Sub-targets: the parts of a target that its plan names, each with its figure.

A part has no ledger of its own: its heads are those of the target's ledger that count for it, by the cube's side of its
organisation, district or segment, or by the days of its year.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from backend.accounts.models import Organisation
from backend.reference import selectors as reference
from programs.targets import cube, figures, selectors
from programs.targets.cube import HeadsByDay
from programs.targets.figures import Span
from programs.targets.planfile import PlanFile
from programs.targets.planparts import BY, Part, PartEntry, Sum, keys, sums
from programs.targets.readings import Reading


@dataclass(frozen=True, slots=True)
class SubTarget:
    """A part of a target with its figure; ``ahead`` is completion less elapsed time, in percentage points."""

    by: str
    key: str
    label: str
    starts_on: dt.date
    ends_on: dt.date
    goal: int
    achieved: int
    remaining: int
    completion_rate: float
    elapsed_rate: float
    pace: float | None
    ahead: float


def subtargets(reading: Reading, by: str = "") -> list[SubTarget]:
    """The sub-targets of a target at a moment, those furthest behind first; of the dimension ``by`` alone if given."""
    parts = [part for part in reading.terms.parts if by in ("", part.by)]
    heads, labels = _heads(reading, parts), _labels(parts, reading.moment.as_of)
    found = []
    for part in parts:
        own = heads(part)
        label = labels[part.by].get(part.key, part.key)
        found.append(_figure(part, label, own, reading.moment.as_of))
    return sorted(found, key=lambda one: (one.ahead, BY.index(one.by), one.key, one.starts_on))


def allotted(reading: Reading, by: str = "") -> list[Sum]:
    """What the parts of each dimension come to, against the goal that they part."""
    terms = reading.terms
    found = sums(terms.target.goal, (terms.target.starts_on, terms.target.ends_on), terms.parts)
    return [one for one in found if by in ("", one.by)]


def check_keys(plan: PlanFile) -> None:
    """Refuse a plan file that parts a target by what is not known here.

    Raises:
        BadPlan: a part names an organisation, district or segment that is not there, or the bureau itself.
    """
    entries: list[PartEntry] = [one for target in plan.targets for one in target.parts]
    entries += [one for amendment in plan.amendments for target in amendment.targets for one in target.parts]
    for by in BY[:3]:
        named = list(keys(entries, by))
        known = _known(by, {key for key, _place in named})
        for key, place in named:
            if key not in known:
                told = {
                    "organisation": _("names “%(key)s”, which is no organisation that reports here"),
                    "district": _("names “%(key)s”, which is no district of the code table"),
                    "segment": _("names “%(key)s”, which is no segment of the code table"),
                }[by]
                raise plan.bad(place, told % {"key": key})


def _known(by: str, asked: Iterable[str]) -> set[str]:
    if by != "organisation":
        return set(reference.labels(by))
    found = Organisation.objects.filter(code__in=asked).exclude(kind=Organisation.Kind.BUREAU)
    return set(found.values_list("code", flat=True))


def _figure(part: Part, label: str, heads: HeadsByDay, as_of: dt.date) -> SubTarget:
    span, achieved = Span(part.starts_on, part.ends_on), sum(heads.values())
    completion_rate, elapsed_rate = achieved / part.goal, span.elapsed(as_of) / span.days
    return SubTarget(
        by=part.by,
        key=part.key,
        label=label,
        starts_on=part.starts_on,
        ends_on=part.ends_on,
        goal=part.goal,
        achieved=achieved,
        remaining=max(part.goal - achieved, 0),
        completion_rate=round(completion_rate, 6),
        elapsed_rate=round(elapsed_rate, 6),
        pace=figures.pace(span, heads, as_of),
        ahead=round((completion_rate - elapsed_rate) * 100, 1),
    )


def _heads(reading: Reading, parts: list[Part]) -> Callable[[Part], HeadsByDay]:
    """What gives the heads of a part by day; one question for each dimension that is parted by."""
    asked: dict[str, set[str]] = defaultdict(set)
    for part in parts:
        asked[part.by].add(part.key)
    ids = {code: str(pk) for code, pk in _ids(asked["organisation"])}
    found: dict[str, dict[str, HeadsByDay]] = {}
    for by, wanted in asked.items():
        if by == "year":
            found[by] = {"": cube.days(reading.actor, reading.target, reading.moment, cube.Side())}
        elif wanted:
            ledger_keys = [ids[key] for key in wanted if key in ids] if by == "organisation" else list(wanted)
            found[by] = cube.days_of_keys(reading.actor, reading.target, reading.moment, by, ledger_keys)

    def of(part: Part) -> HeadsByDay:
        key = {"year": "", "organisation": ids.get(part.key, part.key)}.get(part.by, part.key)
        days = found[part.by].get(key, {})
        return {day: heads for day, heads in days.items() if part.starts_on <= day <= part.ends_on}

    return of


def _ids(codes: Iterable[str]) -> Iterable[tuple[str, int]]:
    return Organisation.objects.filter(code__in=list(codes)).values_list("code", "pk")


def _labels(parts: list[Part], day: dt.date) -> dict[str, dict[str, str]]:
    """By dimension, what its keys are called in the reader's language."""
    codes = {part.key for part in parts if part.by == "organisation"}
    pks = {str(pk): 1 for _code, pk in _ids(codes)}
    found: dict[str, dict[str, str]] = {"year": {}}
    found["organisation"] = {one.key: one.label for one in selectors.named_parts("organisation", pks, day)}
    for by in ("district", "segment"):
        found[by] = reference.labels(by) if any(part.by == by for part in parts) else {}
    return found

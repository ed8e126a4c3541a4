"""What a target is to reach on a day, as known at a moment: its versions kept, and read.

Goal, names, last day and parts are those of the version in force on ``as_of``, of the edition that was known at
``known_at``. The plan's line is straight from nothing to the goal; from the day of an amendment it runs on from where
it stood the evening before, straight to the new goal on the new last day.
"""

import copy
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from backend import clock
from programs.targets import books
from programs.targets.books import Moment
from programs.targets.models import Target, TargetVersion
from programs.targets.planfile import PlanFile
from programs.targets.planparts import Part, Version


@dataclass(frozen=True, slots=True)
class Line:
    """The plan's line through the versions of a target, the earliest first: how many heads it asks for by a day."""

    versions: Sequence[TargetVersion]

    def __call__(self, day: dt.date) -> float:
        if day >= self.versions[-1].ends_on:
            return float(self.versions[-1].goal)
        stood, since = 0.0, self.versions[0].starts_on - dt.timedelta(1)
        for version, following in zip(self.versions, [*self.versions[1:], None], strict=True):
            evening = following.valid_from - dt.timedelta(1) if following else version.ends_on
            last = max(min(day, evening), since)
            stands = stood + (version.goal - stood) * (last - since).days / (version.ends_on - since).days
            if following is None or day < following.valid_from:
                return stands
            stood, since = stands, evening
        return stood


@dataclass(frozen=True, slots=True)
class Terms:
    """A target as it was to be reached at a moment.

    ``target`` has goal, names and days in force; ``versions`` are those begun by then, the one in force last, and
    ``coming`` those of which was known already. ``line`` bends where these begin.
    """

    target: Target
    versions: tuple[TargetVersion, ...]
    coming: tuple[TargetVersion, ...]

    @property
    def version(self) -> TargetVersion:
        """The version in force."""
        return self.versions[-1]

    @property
    def line(self) -> Line:
        return Line(self.versions)

    @property
    def parts(self) -> list[Part]:
        """The parts in force."""
        return [part_of(one) for one in self.version.parts]


def part_of(stored: dict[str, Any]) -> Part:
    """A part as a version keeps it."""
    days = {name: dt.date.fromisoformat(stored[name]) for name in ("starts_on", "ends_on")}
    return Part(**{**stored, **days})


def terms(targets: Iterable[Target], moment: Moment) -> list[Terms]:
    """Targets as they were to be reached at the moment, in their order; one question for all of them."""
    wanted = list(targets)
    known = editions([target.pk for target in wanted], moment.known_at)
    return [_terms(target, known[target.pk], moment.as_of) for target in wanted]


def editions(targets: Sequence[int], known_at: dt.datetime) -> dict[int, list[TargetVersion]]:
    """By target the versions of the edition that was known then, the earliest first."""
    found: dict[int, dict[int, list[TargetVersion]]] = defaultdict(lambda: defaultdict(list))
    for row in TargetVersion.objects.filter(target__in=targets).order_by("target", "edition", "valid_from"):
        if row.edition == 1 or row.recorded_at <= known_at:
            found[row.target_id][row.edition].append(row)
    return {target: by_edition[max(by_edition)] for target, by_edition in found.items()}


def _terms(target: Target, versions: Sequence[TargetVersion], as_of: dt.date) -> Terms:
    begun = [one for one in versions if one.valid_from <= as_of] or list(versions[:1])
    in_force = copy.copy(target)
    for name in ("goal", "name_zh", "name_en", "starts_on", "ends_on"):
        setattr(in_force, name, getattr(begun[-1], name))
    return Terms(in_force, tuple(begun), tuple(versions[len(begun) :]))


def keep(plan: PlanFile) -> list[str]:
    """Keep what a plan file says of its targets, each that it says otherwise than before as another edition.

    Returns:
        The codes of the targets that have another edition now, new targets not among them.
    """
    amended: list[str] = []
    targets = dict(Target.objects.filter(plan__code=plan.code).values_list("code", "pk"))
    standing: dict[int, list[TargetVersion]] = defaultdict(list)
    for row in TargetVersion.objects.filter(target__in=targets.values()).order_by("-edition", "valid_from"):
        if not standing[row.target_id] or standing[row.target_id][0].edition == row.edition:
            standing[row.target_id].append(row)
    stamped: dt.datetime | None = None
    for entry in plan.targets:
        before = standing[targets[entry.code]]
        if [stated(row) for row in before] == list(entry.versions):
            continue
        if before:
            amended.append(entry.code)
            stamped = stamped or books.stamp()
        TargetVersion.objects.bulk_create(
            TargetVersion(
                target_id=targets[entry.code],
                edition=before[0].edition + 1 if before else 1,
                recorded_at=stamped if before and stamped else clock.now(),
                **_columns(version),
            )
            for version in entry.versions
        )
    return amended


def _columns(version: Version) -> dict[str, Any]:
    columns = {name: getattr(version, name) for name in Version.__dataclass_fields__}
    parts = [
        {**asdict(one), "starts_on": one.starts_on.isoformat(), "ends_on": one.ends_on.isoformat()}
        for one in version.parts
    ]
    return {**columns, "parts": parts}


def stated(row: TargetVersion) -> Version:
    """A version as a plan file states it."""
    columns = {name: getattr(row, name) for name in Version.__dataclass_fields__}
    return Version(**{**columns, "parts": tuple(part_of(one) for one in row.parts)})

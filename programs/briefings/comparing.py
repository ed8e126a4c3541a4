"""The numbers that a snapshot holds, set beside each other. Pure arithmetic over what was frozen.

A period's heads are the sum of its months. It is compared (同比, 环比) only where both periods are finished and lie
whole within the plan, and only with a base above zero.
"""

import calendar
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from programs.briefings.kinds import Kind, Period, holding

Point = Mapping[str, Any]
TOP = 10


@dataclass(frozen=True, slots=True)
class Added:
    """The net heads that count from a day of a period; ``whole`` where it is finished and no day of it lies outside."""

    heads: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Change:
    """A period beside another one. ``rate`` is 0.25 for a quarter more, ``None`` without a base above zero; ``base`` is
    ``None`` where the two cannot be compared."""

    heads: int
    base: int | None

    @property
    def rate(self) -> float | None:
        if self.base is None or self.base <= 0:
            return None
        return round((self.heads - self.base) / self.base, 6)


def added(course: Sequence[Point], period: Period) -> Added | None:
    """What a period added, by its frozen months; ``None`` where none of them is in the course."""
    months = [point for point in course if period.first <= day(point["starts_on"]) <= period.last]
    if not months:
        return None
    return Added(sum(point["increment"] for point in months), sum(map(_whole, months)) == period.months)


def compared(course: Sequence[Point], period: Period, other: Period) -> Change | None:
    """A period beside another one; ``None`` where the course has nothing of the first."""
    now, base = added(course, period), added(course, other)
    if now is None:
        return None
    comparable = now.whole and base is not None and base.whole
    return Change(now.heads, base.heads if comparable and base else None)


def periods(course: Sequence[Point], kind: Kind) -> list[Period]:
    """The periods of a kind that the course has begun, in order."""
    return sorted({holding(kind, day(point["starts_on"])) for point in course})


def last_of(course: Sequence[Point], period: Period) -> Point | None:
    """The last month of a period in the course: heads in all and the plan's line stand on it."""
    found = [point for point in course if period.first <= day(point["starts_on"]) <= period.last]
    return found[-1] if found else None


def greatest(parts: Sequence[Mapping[str, Any]], most: int = TOP) -> tuple[list[Mapping[str, Any]], int, int]:
    """The greatest parts, how many others there are, and what those come to."""
    ranked = sorted(parts, key=lambda part: (-part["achieved"], part["key"]))
    shown, rest = ranked[:most], ranked[most:]
    # One that would stand for the others may as well stand for itself.
    if len(rest) == 1:
        shown, rest = ranked, []
    return shown, len(rest), sum(part["achieved"] for part in rest)


def day(value: str) -> dt.date:
    """A day as it was frozen."""
    return dt.date.fromisoformat(value)


def _whole(point: Point) -> bool:
    first, last = day(point["starts_on"]), day(point["ends_on"])
    return bool(point["finished"]) and first.day == 1 and last.day == calendar.monthrange(last.year, last.month)[1]

"""From heads by day to a figure: rates and pace. Pure arithmetic, the same for page, API and test.

Days are counted with both ends. Pace is judged on finished months alone: calendar months that lie wholly within the
target's span and had ended by ``as_of``, the last twelve of them. A month that is still running says less than it will,
because partners report at its end. Where the target will land is worked out in ``programs.targets.landing``.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

HeadsByDay = Mapping[dt.date, int]

MONTHS_JUDGED = 12
MONTHS_NEEDED = 6
LOW, MEDIAN, HIGH = 10, 50, 90
PACE_DAYS = 30


@dataclass(frozen=True, slots=True)
class Span:
    """The days of a target, both ends included."""

    starts_on: dt.date
    ends_on: dt.date

    @property
    def days(self) -> int:
        """How many days the span has."""
        return (self.ends_on - self.starts_on).days + 1

    def elapsed(self, as_of: dt.date) -> int:
        """How many days of the span lie at or before ``as_of``."""
        return min(max((as_of - self.starts_on).days + 1, 0), self.days)

    def left(self, as_of: dt.date) -> int:
        """How many days of the span lie after ``as_of``."""
        return self.days - self.elapsed(as_of)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why no landing is told: ``not_begun``, ``too_few_months`` of those ``needed``, or the heads are ``narrowed``."""

    code: str
    months: int = 0
    needed: int = 0


@dataclass(frozen=True, slots=True)
class Landing:
    """Where the target will stand at its end: an interval of 80 %, its middle, and the probability of the goal.

    All ``None`` where too little is known, for the ``reason`` given.
    """

    low: int | None = None
    median: int | None = None
    high: int | None = None
    probability: float | None = None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A target's figure.

    ``completion_rate`` is achieved over goal, ``elapsed_rate`` (序时进度) elapsed over total days. ``pace`` is heads in
    30 days over the finished months judged (``None`` without one), ``required_pace`` the heads in 30 days that would
    just reach the goal in the days left (``None`` when none are left and it is not reached).
    """

    goal: int
    achieved: int
    remaining: int
    completion_rate: float
    elapsed_rate: float
    pace: float | None
    required_pace: float | None
    landing: Landing


def figure(*, goal: int, span: Span, heads: HeadsByDay, as_of: dt.date, landing: Landing) -> Figure:
    """The figure of a target.

    Args:
        goal: heads wanted.
        span: the target's days.
        heads: net heads by the day from which they count, none after ``as_of``.
        as_of: the day by which things have happened.
        landing: where it will land.
    """
    achieved = sum(heads.values())
    judged = _counts(span, heads, as_of)
    return Figure(
        goal=goal,
        achieved=achieved,
        remaining=max(goal - achieved, 0),
        completion_rate=round(achieved / goal, 6),
        elapsed_rate=round(span.elapsed(as_of) / span.days, 6),
        pace=_pace(judged),
        required_pace=_required_pace(goal - achieved, span.left(as_of)),
        landing=landing,
    )


def pace(span: Span, heads: HeadsByDay, as_of: dt.date) -> float | None:
    """Heads in 30 days over the finished months judged, ``None`` without one."""
    return _pace(_counts(span, heads, as_of))


def months(span: Span) -> Iterator[tuple[dt.date, dt.date]]:
    """The calendar months that the span touches: first and last day of each."""
    first = span.starts_on.replace(day=1)
    while first <= span.ends_on:
        following = (first + dt.timedelta(31)).replace(day=1)
        yield first, following - dt.timedelta(1)
        first = following


def _counts(span: Span, heads: HeadsByDay, as_of: dt.date) -> list[tuple[dt.timedelta, int]]:
    return [(last - first + dt.timedelta(1), _between(heads, first, last)) for first, last in _judged(span, as_of)]


def _judged(span: Span, as_of: dt.date) -> list[tuple[dt.date, dt.date]]:
    end = min(as_of, span.ends_on)
    whole = [(first, last) for first, last in months(span) if first >= span.starts_on and last <= end]
    return whole[-MONTHS_JUDGED:]


def _between(heads: HeadsByDay, first: dt.date, last: dt.date) -> int:
    return sum(count for day, count in heads.items() if first <= day <= last)


def _pace(judged: list[tuple[dt.timedelta, int]]) -> float | None:
    days = sum(length.days for length, _ in judged)
    return round(sum(count for _, count in judged) * PACE_DAYS / days, 2) if days else None


def _required_pace(missing: int, days_left: int) -> float | None:
    if missing <= 0:
        return 0.0
    return round(missing * PACE_DAYS / days_left, 2) if days_left else None

"""Completion against elapsed time (序时进度), in percentage points: now, and at the end of the last finished month.

A running month says less than it will, because partners report at its end; so whether a target is behind is judged
where the last month ended. Pure arithmetic, the same for page, API and test.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from programs.targets.figures import Figure, HeadsByDay, Span


@dataclass(frozen=True, slots=True)
class Judged:
    """Where a target stood at the end of ``through``: heads, the plan's line, and both rates; ``ahead`` in points."""

    through: dt.date
    achieved: int
    plan: float
    completion_rate: float
    elapsed_rate: float

    @property
    def ahead(self) -> float:
        return points(self.completion_rate, self.elapsed_rate)


def points(completion_rate: float, elapsed_rate: float) -> float:
    """By how many percentage points completion is ahead of elapsed time; negative behind."""
    return round((completion_rate - elapsed_rate) * 100, 2)


def ahead(figure: Figure) -> float:
    """The same of a figure, at its own day."""
    return points(figure.completion_rate, figure.elapsed_rate)


def judged(
    *, goal: int, span: Span, heads: HeadsByDay, as_of: dt.date, line: Callable[[dt.date], float]
) -> Judged | None:
    """Where a target stood at the end of the last calendar month that had ended by ``as_of``, or of the span.

    Args:
        goal: heads wanted at the span's end.
        span: the target's days.
        heads: net heads by the day from which they count.
        as_of: the day by which things have happened.
        line: how many heads the plan asks for by a day.

    Returns:
        ``None`` before any month of the span had ended.
    """
    through = min(last_ended(as_of), span.ends_on) if as_of < span.ends_on else span.ends_on
    elapsed = span.elapsed(through)
    if not elapsed:
        return None
    achieved = sum(count for day, count in heads.items() if day <= through)
    return Judged(
        through=through,
        achieved=achieved,
        plan=round(line(through), 2),
        completion_rate=round(achieved / goal, 6),
        elapsed_rate=round(elapsed / span.days, 6),
    )


def last_ended(as_of: dt.date) -> dt.date:
    """The last day of the last month that had ended by the end of ``as_of``."""
    following = as_of + dt.timedelta(1)
    return as_of if following.day == 1 else as_of.replace(day=1) - dt.timedelta(1)

"""A target's course over the periods of its plan. Pure arithmetic."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from programs.targets.figures import HeadsByDay, Span

PERIODS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class Point:
    """One period of a target's course.

    ``increment`` is the heads that count from a day of the period, ``cumulative`` all heads by its end; ``plan`` and
    ``plan_increment`` are where the plan's line from nothing to the goal stands at its end, and what the period adds to
    it. ``year_on_year`` (同比) and ``period_on_period`` (环比) compare increments, 0.25 for a quarter more; they are
    ``None`` on a zero base, and where one of the two periods is not finished or lies only in part within the plan.
    ``still_here`` is ``cumulative`` less those who had left by the period's end, ``None`` where that was not asked for.
    """

    period: str
    starts_on: dt.date
    ends_on: dt.date
    finished: bool
    increment: int
    cumulative: int
    plan: float
    plan_increment: float
    year_on_year: float | None
    period_on_period: float | None
    still_here: int | None = None


def course(
    *,
    by: str,
    goal: int,
    span: Span,
    heads: HeadsByDay,
    as_of: dt.date,
    line: Callable[[dt.date], float] | None = None,
    departures: HeadsByDay | None = None,
) -> list[Point]:
    """The periods that had begun by ``as_of``, cut to the span's days; the last one's ``cumulative`` is the figure.

    Args:
        by: ``month``, ``quarter`` or ``year``.
        goal: heads wanted at the span's end.
        span: the target's days.
        heads: net heads by the day from which they count, none after ``as_of``.
        as_of: the day by which things have happened.
        line: where the plan's line stands by a day; by default it is straight from nothing to the goal.
        departures: what departures take off the heads, by day, none after ``as_of``.

    Raises:
        KeyError: another ``by``.
    """
    months = PERIODS[by]
    in_a_year = 12 // months
    increments: list[int] = []
    comparable: list[bool] = []
    points: list[Point] = []
    planned = 0.0
    for first, last in _periods(span, months):
        if max(first, span.starts_on) > as_of:
            break
        starts_on, ends_on = max(first, span.starts_on), min(last, span.ends_on)
        finished = ends_on <= as_of
        comparable.append(finished and (starts_on, ends_on) == (first, last))
        increments.append(sum(count for day, count in heads.items() if starts_on <= day <= ends_on))
        plan = round(line(ends_on) if line else goal * span.elapsed(ends_on) / span.days, 2)
        points.append(
            Point(
                period=_name(first, by),
                starts_on=starts_on,
                ends_on=ends_on,
                finished=finished,
                increment=increments[-1],
                cumulative=sum(increments),
                plan=plan,
                plan_increment=round(plan - planned, 2),
                year_on_year=_change(increments, comparable, in_a_year),
                period_on_period=_change(increments, comparable, 1),
                still_here=None if departures is None else sum(increments) + _by(departures, ends_on),
            )
        )
        planned = plan
    return points


def _periods(span: Span, months: int) -> Iterator[tuple[dt.date, dt.date]]:
    month = (span.starts_on.month - 1) // months * months
    first = span.starts_on.replace(month=month + 1, day=1)
    while first <= span.ends_on:
        after = first.year * 12 + first.month - 1 + months
        following = dt.date(after // 12, after % 12 + 1, 1)
        yield first, following - dt.timedelta(1)
        first = following


def _name(first: dt.date, by: str) -> str:
    if by == "month":
        return f"{first:%Y-%m}"
    return f"{first.year}-Q{(first.month + 2) // 3}" if by == "quarter" else f"{first.year}"


def _by(heads: HeadsByDay, last: dt.date) -> int:
    return sum(count for day, count in heads.items() if day <= last)


def _change(increments: list[int], comparable: list[bool], back: int) -> float | None:
    if len(increments) <= back or not (comparable[-1] and comparable[-1 - back]):
        return None
    now, base = increments[-1], increments[-1 - back]
    return round((now - base) / base, 6) if base else None

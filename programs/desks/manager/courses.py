"""A target's course with what is ahead of it: the plan's line to the end, and where the landing's interval lies."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from programs.desks.manager import charts
from programs.desks.manager.figures import course_rows
from programs.targets.landing.question import Ahead
from programs.targets.series import Point

BAND = ("low", "median", "high")
Line = Callable[[dt.date], float]


def fanned(points: Sequence[Point], ahead: Sequence[Ahead], line: Line) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The rows of a course by quarter, and what its chart is drawn from; where nothing is known of what is ahead, or
    nothing is open any more, they end with the quarter that runs.

    Args:
        points: the quarters that have begun.
        ahead: how the landing goes on, month by month; empty where it is not known.
        line: where the plan's line stands by a day.
    """
    rows, chart = course_rows(points), charts.course(points, increments=False)
    ends = {_quarter(one.ends_on): one for one in ahead}
    if all(one.low == one.high for one in ends.values()):
        return rows, chart
    begun = {point.period for point in points}
    rows += [_coming(name, round(line(one.ends_on))) for name, one in ends.items() if name not in begun]
    # The interval opens where the figure that stands is last beyond doubt.
    doubtful = [place for place, row in enumerate(rows) if _is_open(ends.get(row["period"]))]
    first = max(min([*doubtful, len(points)]) - 1, 0)
    for place, row in enumerate(rows):
        known = ends.get(row["period"]) if place >= first else None
        row |= {name: getattr(known, name) if known else None for name in BAND}
    return rows, chart | {
        "periods": [row["period"] for row in rows],
        "cumulative": {**chart["cumulative"], "values": [row["cumulative"] for row in rows]},
        "still_here": chart["still_here"] and {**chart["still_here"], "values": [row["still_here"] for row in rows]},
        "plan": {**chart["plan"], "values": [row["plan"] for row in rows]},
        "median": {"name": _("Most likely"), "values": [row["median"] for row in rows]},
        "band": {
            "name": _("In 8 cases of 10"),
            "low": [row["low"] for row in rows],
            "high": [row["high"] for row in rows],
        },
    }


def _coming(period: str, plan: int) -> dict[str, Any]:
    """A quarter that has not begun."""
    nothing = dict.fromkeys(("increment", "cumulative", "still_here", "ahead", "year_on_year", "period_on_period"))
    return {"period": period, "finished": False, "coming": True, "plan": plan, **nothing}


def _is_open(one: Ahead | None) -> bool:
    return one is not None and one.low != one.high


def _quarter(day: dt.date) -> str:
    return f"{day.year}-Q{(day.month + 2) // 3}"

"""What the charts are drawn from: the same numbers as in the tables beside them, with every word in the reader's
language, so that the script knows none."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from programs.targets.filters import UNSPECIFIED
from programs.targets.readings import Movement
from programs.targets.series import Point
from programs.targets.showing import said

MOST_BARS = 15


def course(points: Sequence[Point], *, planned: bool = True, increments: bool = True) -> dict[str, Any]:
    """The S-curve: heads in all by the end of each period, those still here and the plan's line, and beneath it what
    each one added.

    Args:
        points: a target's course.
        planned: whether the plan's line belongs to it, which a part of a figure has none of.
        increments: whether the periods' own heads are drawn too.
    """
    return {
        "kind": "course",
        "periods": [point.period for point in points],
        "cumulative": {"name": _("Achieved"), "values": [point.cumulative for point in points]},
        "still_here": _still_here(points),
        "plan": {"name": _("Plan"), "values": [round(point.plan) for point in points]} if planned else None,
        "increment": {"name": _("New in the period"), "values": [point.increment for point in points]}
        if increments
        else None,
    }


def _still_here(points: Sequence[Point]) -> dict[str, Any] | None:
    """The second line of a course, once somebody has left; until then it would lie under the first."""
    values = [point.still_here for point in points]
    if values == [point.cumulative for point in points] or None in values:
        return None
    return {"name": _("Still here"), "values": values}


def parts(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The greatest parts of a figure as bars, each leading where its row leads."""
    first = rows[:MOST_BARS]
    return {
        "kind": "bars",
        "name": _("People"),
        "labels": [row["label"] for row in first],
        "values": [row["achieved"] for row in first],
        "links": [row["url"] for row in first],
        "pale": [index for index, row in enumerate(first) if row["key"] == UNSPECIFIED],
    }


def waterfall(movement: Movement, links: Sequence[str] = ()) -> dict[str, Any]:
    """From the opening figure to the closing one, by the reasons between, each leading where its row leads."""
    return {
        "kind": "waterfall",
        "opening": {"name": _("At the start"), "value": movement.opening},
        "steps": [{"name": said(one.reason), "value": one.delta} for one in movement.moved],
        "closing": {"name": _("At the end"), "value": movement.closing},
        "links": ["", *links, ""],
    }

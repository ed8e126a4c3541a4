"""Figures, courses and parts as the manager's pages show them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from programs.desks.manager.moments import AtAMoment
from programs.targets import amending, cube, selectors
from programs.targets.elapsed import Judged
from programs.targets.figures import Figure, HeadsByDay
from programs.targets.models import Target
from programs.targets.readings import figures_of
from programs.targets.selectors import Part
from programs.targets.series import Point


@dataclass(frozen=True, slots=True)
class TargetFigure:
    """A target beside its figure, and where its page is."""

    target: Target
    figure: Figure
    still_here: int
    as_of: dt.date
    url: str
    people_url: str
    """Where those who count are listed."""
    left_url: str
    """Where those who have left are listed."""
    here_url: str
    """Where those are listed who are still here."""
    changes_url: str
    """Where it is told why the figure moved."""

    @property
    def left(self) -> int:
        """How many of those who count have left."""
        return self.figure.achieved - self.still_here

    @property
    def difference(self) -> float:
        """By how many percentage points the completion rate is ahead of the elapsed time (序时进度)."""
        return round((self.figure.completion_rate - self.figure.elapsed_rate) * 100, 1)

    @property
    def points(self) -> str:
        """The same without its sign, as it is read."""
        return f"{abs(self.difference):.1f}"

    @property
    def reached(self) -> bool:
        return self.figure.remaining == 0

    @property
    def over(self) -> bool:
        """Whether no day of the target is left."""
        return self.as_of >= self.target.ends_on

    @property
    def bars(self) -> tuple[int, int]:
        """Completion and elapsed time in thousandths; the first ends at the goal."""
        return min(round(self.figure.completion_rate * 1000), 1000), round(self.figure.elapsed_rate * 1000)


def every_target(page: AtAMoment) -> list[TargetFigure]:
    """Every target as it was to be reached at the page's moment, with its figure."""
    moment = page.moment
    targets = [terms.target for terms in amending.terms(selectors.targets(page.actor), moment)]
    ids = [target.pk for target in targets]
    heads = cube.days_of(page.actor, ids, moment)
    departures = cube.days_of(page.actor, ids, moment, cube.DEPARTURES)
    figures = figures_of(targets, moment, heads)
    return [figure_of(page, one, figures[one.pk], departures.get(one.pk, {})) for one in targets]


def figure_of(page: AtAMoment, target: Target, figure: Figure, departures: HeadsByDay) -> TargetFigure:
    """A target's figure with what departures take off it."""
    return TargetFigure(
        target=target,
        figure=figure,
        still_here=figure.achieved + sum(departures.values()),
        as_of=page.moment.as_of,
        url=page.to("web:target", target.code),
        people_url=page.to("web:target-people", target.code),
        left_url=page.to("web:target-people", target.code, left="true"),
        here_url=page.to("web:target-people", target.code, left="false"),
        changes_url=page.to("web:target-changes", target.code, known_at=None, to=page.clocks.given.get("known_at")),
    )


@dataclass(frozen=True, slots=True)
class Finished:
    """Where a target stood at the end of the last finished month, as it is read."""

    judged: Judged

    @property
    def points(self) -> str:
        """By how many percentage points it was ahead or behind, without the sign."""
        return f"{abs(self.judged.ahead):.1f}"

    @property
    def plan(self) -> int:
        return round(self.judged.plan)


def course_rows(points: Sequence[Point]) -> list[dict[str, Any]]:
    """A course's rows: heads are whole, and so is what the plan's line is compared with."""
    return [
        {
            "period": point.period,
            "finished": point.finished,
            "increment": point.increment,
            "cumulative": point.cumulative,
            "still_here": point.still_here,
            "plan": round(point.plan),
            "ahead": point.cumulative - round(point.plan),
            "year_on_year": point.year_on_year,
            "period_on_period": point.period_on_period,
        }
        for point in points
    ]


def part_rows(parts: Sequence[Part], links: Mapping[str, str]) -> list[dict[str, Any]]:
    """A breakdown's rows with their shares of the whole; ``links`` gives each part's address by its key."""
    total = sum(part.achieved for part in parts)
    return [
        {
            "key": part.key,
            "label": part.label,
            "achieved": part.achieved,
            "still_here": part.still_here,
            "contributed": part.contributed,
            "share": part.achieved / total if total else None,
            "url": links[part.key],
        }
        for part in parts
    ]

"""A target's ledger read at a moment: what the API answers and what the pages show."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from backend.accounts.models import User
from backend.lists.filters import narrow
from backend.problems import Invalid
from programs.targets import books, cube, figures, selectors, series
from programs.targets.books import Moment
from programs.targets.figures import Figure, HeadsByDay, Landing, Reason, Span
from programs.targets.filters import HeadFilter
from programs.targets.landing.readings import projections
from programs.targets.models import LedgerEntry, Target
from programs.targets.selectors import Part
from programs.targets.series import Point


@dataclass(frozen=True, slots=True)
class Reading:
    """A target at a moment, as ``actor`` may read it; ``chosen`` narrows its heads by ``HeadFilter``'s names."""

    actor: User
    target: Target
    moment: Moment
    chosen: Mapping[str, Any] = field(default_factory=dict)

    @property
    def span(self) -> Span:
        return Span(self.target.starts_on, self.target.ends_on)

    def heads(self) -> HeadsByDay:
        """Net heads by the day from which they count. Raises Problem for a filter that cannot be read."""
        entries = self.entries()
        side = cube.side_of(self.chosen)
        if side is None:
            return selectors.heads_by_day(entries)
        return cube.days(self.actor, self.target, self.moment, side)

    def entries(self) -> QuerySet[LedgerEntry]:
        """The entries known at the moment. Raises Problem for a filter that cannot be read."""
        found = selectors.entries(self.actor, self.target, self.moment)
        return narrow(HeadFilter, self.chosen, found) if self.chosen else found

    def achieved(self) -> int:
        """How many heads the entries come to."""
        return sum(self.heads().values())

    def figure(self) -> Figure:
        """What is achieved, at what pace, and where it will land."""
        heads = {self.target.pk: self.heads()}
        if self.chosen:
            landing = Landing(reason=Reason("narrowed"))
            return _figure(self.target, self.moment, heads[self.target.pk], landing)
        return figures_of([self.target], self.moment, heads)[self.target.pk]

    def course(self, by: str) -> list[Point]:
        """The target's course by ``month``, ``quarter`` or ``year``."""
        goal, as_of = self.target.goal, self.moment.as_of
        return series.course(by=by, goal=goal, span=self.span, heads=self.heads(), as_of=as_of)

    def parts(self, by: str) -> list[Part]:
        """The figure taken apart by one dimension."""
        entries = self.entries()
        if self.chosen:
            return selectors.breakdown(entries, by)
        return selectors.named_parts(by, cube.parts(self.actor, self.target, self.moment, by))


@dataclass(frozen=True, slots=True)
class Moved:
    """What one reason did to a figure: heads counted by it, and heads taken back."""

    reason: str
    counted: int
    taken_back: int

    @property
    def delta(self) -> int:
        return self.counted - self.taken_back


@dataclass(frozen=True, slots=True)
class Movement:
    """Why a figure moved between two moments of the books; the day by which things happened is the same at both."""

    since: Moment
    until: Moment
    opening: int
    moved: list[Moved]

    @property
    def closing(self) -> int:
        return self.opening + self.delta

    @property
    def delta(self) -> int:
        return sum(one.delta for one in self.moved)


def figures_of(targets: Sequence[Target], moment: Moment, heads: Mapping[int, HeadsByDay]) -> dict[int, Figure]:
    """By target, its figure from its heads by day, none of which is after ``moment.as_of``."""
    landings = projections(targets, moment, heads)
    return {
        target.pk: _figure(target, moment, heads.get(target.pk, {}), landings[target.pk].landing) for target in targets
    }


def _figure(target: Target, moment: Moment, heads: HeadsByDay, landing: Landing) -> Figure:
    span = Span(target.starts_on, target.ends_on)
    return figures.figure(goal=target.goal, span=span, heads=heads, as_of=moment.as_of, landing=landing)


def between(
    actor: User,
    target: Target,
    *,
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
    as_of: dt.date | None = None,
    chosen: Mapping[str, Any] | None = None,
) -> Movement:
    """Why the figure moved between two moments.

    Args:
        actor: who reads.
        target: whose figure.
        since: as the books stood then; by default at the target's start, before anything was counted.
        until: as the books stood then; by default now.
        as_of: the day by which things have happened, at both moments; by default today, or the day of ``until``.
        chosen: narrows the heads, by ``HeadFilter``'s names.

    Raises:
        Invalid: ``since`` lies after ``until``.
    """
    if since and until and since > until:
        raise Invalid([("from", "invalid", _("The first moment lies after the second: exchange from and to."))])
    closing = books.moment(as_of=as_of, known_at=until)
    start = books.start_of(target.starts_on)
    opening = Moment(closing.as_of, min(since or start, closing.known_at))
    opened_with = Reading(actor, target, opening, chosen or {}).achieved()
    moved = selectors.moved(Reading(actor, target, closing, chosen or {}).entries(), opening.known_at)
    return Movement(opening, closing, opened_with, [Moved(reason, *heads) for reason, heads in sorted(moved.items())])

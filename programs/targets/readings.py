"""A target's ledger read at a moment: what the API answers and what the pages show."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from backend.accounts.models import User
from backend.lists.filters import narrow
from backend.problems import Invalid
from programs.targets import amending, books, cube, elapsed, figures, selectors, series, turns, waterfall
from programs.targets.amending import Terms
from programs.targets.books import Moment
from programs.targets.elapsed import Judged
from programs.targets.figures import Figure, HeadsByDay, Landing, Reason, Span
from programs.targets.filters import HeadFilter
from programs.targets.landing.question import Projection
from programs.targets.landing.readings import projections
from programs.targets.models import LedgerEntry, Target
from programs.targets.selectors import Part
from programs.targets.series import Point
from programs.targets.staying import selectors as staying
from programs.targets.staying.models import DepartureEntry


@dataclass(frozen=True)
class Reading:
    """A target at a moment, as ``actor`` may read it; ``chosen`` narrows its heads by ``HeadFilter``'s names."""

    actor: User
    target: Target
    moment: Moment
    chosen: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def terms(self) -> Terms:
        """The target as it was to be reached at the moment."""
        return amending.terms([self.target], self.moment)[0]

    def heads(self) -> HeadsByDay:
        """Net heads by the day from which they count. Raises Problem for a filter that cannot be read."""
        return self._heads

    @cached_property
    def _heads(self) -> HeadsByDay:
        entries = self.entries()
        side = cube.side_of(self.chosen)
        if side is None:
            return selectors.heads_by_day(entries)
        return cube.days(self.actor, self.target, self.moment, side)

    def entries(self) -> QuerySet[LedgerEntry]:
        """The entries known at the moment. Raises Problem for a filter that cannot be read."""
        found = selectors.entries(self.actor, self.target, self.moment)
        return narrow(HeadFilter, self.chosen, found) if self.chosen else found

    @cached_property
    def departures(self) -> HeadsByDay:
        """What departures take off the heads, by the day of leaving (negative) or of coming back."""
        side = cube.side_of(self.chosen)
        if side is None:
            return selectors.heads_by_day(self.departure_entries())
        return cube.days(self.actor, self.target, self.moment, side, cube.DEPARTURES)

    def departure_entries(self) -> QuerySet[DepartureEntry]:
        """The entries of departures known at the moment. Raises Problem for a filter that cannot be read."""
        found = staying.entries(self.actor, self.target, self.moment)
        return narrow(HeadFilter, self.chosen, found) if self.chosen else found

    def still_here(self) -> int:
        """How many of the heads have not left."""
        return self.achieved() + sum(self.departures.values())

    def achieved(self) -> int:
        """How many heads the entries come to."""
        return sum(self.heads().values())

    def figure(self) -> Figure:
        """What is achieved, at what pace, and where it will land."""
        target, heads = self.terms.target, self.heads()
        if self.chosen:
            return _figure(target, self.moment, heads, Landing(reason=Reason("narrowed")))
        return figures_of([target], self.moment, {target.pk: heads})[target.pk]

    def judged(self) -> Judged | None:
        """Where the target stood at the end of the last finished month."""
        terms, as_of = self.terms, self.moment.as_of
        goal, span = terms.target.goal, span_of(terms.target)
        return elapsed.judged(goal=goal, span=span, heads=self.heads(), as_of=as_of, line=terms.line)

    def course(self, by: str) -> list[Point]:
        """The target's course by ``month``, ``quarter`` or ``year``."""
        return course_of(self.terms, self.moment, self.heads(), by, self.departures)

    def parts(self, by: str, roll_up: str | None = None) -> list[Part]:
        """The figure taken apart by one dimension; by organisation it may be rolled up, as ``named_parts`` tells."""
        entries = self.entries()
        if self.chosen:
            heads, departed = selectors.sums_by(entries, by), selectors.sums_by(self.departure_entries(), by)
        else:
            heads = cube.parts(self.actor, self.target, self.moment, by)
            departed = cube.parts(self.actor, self.target, self.moment, by, cube.DEPARTURES)
        return selectors.named_parts(by, heads, self.moment.as_of, departed, roll_up)


@dataclass(frozen=True, slots=True)
class Moved:
    """What one reason did to a figure: heads counted by it, and heads taken back.

    Where the heads are narrowed, ``moved_in`` of those counted were taken over from outside the choice by the same
    posting, and ``moved_out`` of those taken back went on counting there; otherwise both are ``None``.
    """

    reason: str
    counted: int
    taken_back: int
    moved_in: int | None = None
    moved_out: int | None = None

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


def span_of(target: Target) -> Span:
    """The days of a target."""
    return Span(target.starts_on, target.ends_on)


def course_of(
    terms: Terms, moment: Moment, heads: HeadsByDay, by: str, departures: HeadsByDay | None = None
) -> list[Point]:
    """A target's course by ``month``, ``quarter`` or ``year`` from its heads by day, and what departures take off."""
    target = terms.target
    return series.course(
        by=by,
        goal=target.goal,
        span=span_of(target),
        heads=heads,
        as_of=moment.as_of,
        line=terms.line,
        departures=departures,
    )


def figures_of(
    targets: Sequence[Target],
    moment: Moment,
    heads: Mapping[int, HeadsByDay],
    landings: Mapping[int, Projection] | None = None,
) -> dict[int, Figure]:
    """By target, its figure from its heads by day, none of which is after ``moment.as_of``.

    The targets are as they were to be reached at the moment: ``Terms.target``. ``landings`` are those of the same
    moment, where they are known already.
    """
    found = projections(targets, moment, heads) if landings is None else landings
    return {
        target.pk: _figure(target, moment, heads.get(target.pk, {}), found[target.pk].landing) for target in targets
    }


def _figure(target: Target, moment: Moment, heads: HeadsByDay, landing: Landing) -> Figure:
    return figures.figure(goal=target.goal, span=span_of(target), heads=heads, as_of=moment.as_of, landing=landing)


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
    opening, closing = moments(target, since=since, until=until, as_of=as_of)
    opened_with = Reading(actor, target, opening, chosen or {}).achieved()
    if not chosen:
        moved = turns.moved(actor, target, opening, closing)
        return Movement(
            opening, closing, opened_with, [Moved(reason, *heads) for reason, heads in sorted(moved.items())]
        )
    entries = Reading(actor, target, closing, chosen).entries()
    moved = selectors.moved(entries, opening.known_at)
    across = waterfall.moved_across(entries, opening.known_at, chosen)
    told = [Moved(reason, *heads, *across.get(reason, (0, 0))) for reason, heads in sorted(moved.items())]
    return Movement(opening, closing, opened_with, told)


def moments(
    target: Target,
    *,
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
    as_of: dt.date | None = None,
) -> tuple[Moment, Moment]:
    """The two moments that ``between`` compares; arguments as there.

    Raises:
        Invalid: ``since`` lies after ``until``.
    """
    if since and until and since > until:
        raise Invalid([("from", "invalid", _("The first moment lies after the second: exchange from and to."))])
    closing = books.moment(as_of=as_of, known_at=until)
    start = books.start_of(target.starts_on)
    opening = Moment(closing.as_of, min(since or start, closing.known_at))
    return opening, closing

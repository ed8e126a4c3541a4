"""Reading how training goes, as far as the actor may: a partner of its own cohorts, bureau staff of all."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery, Sum

from backend import clock
from backend.accounts.models import User
from backend.accounts.scope import visible, whole
from programs.catalogue import places
from programs.catalogue import selectors as catalogue
from programs.catalogue.models import Cohort, Programme
from programs.records import selectors as records
from programs.records.models import NOT_LIVE, Record
from programs.submissions.models import Submission
from programs.targets import books, by_cohort, cube
from programs.targets import selectors as targets
from programs.training.conflicts import Conflict, conflicts, seen_from
from programs.training.figures import Tally, share, tallies, together
from programs.training.filters import ENDED, PLANNED, RUNNING
from programs.training.models import Attendance


@dataclass(frozen=True, slots=True)
class Share:
    """What cohorts add to a target: ``heads`` that count today by their records, of ``achieved`` in all."""

    target: str
    heads: int
    achieved: int
    goal: int
    name_zh: str = ""
    name_en: str = ""

    @property
    def of_achieved(self) -> float | None:
        return share(self.heads, self.achieved)

    @property
    def of_goal(self) -> float | None:
        return share(self.heads, self.goal)


@dataclass(frozen=True, slots=True)
class Course:
    """A cohort as it goes. ``heads`` are by target's code, none for a partner."""

    cohort: Cohort
    state: str
    tally: Tally
    conflicts: list[Conflict] = field(default_factory=list)
    heads: dict[str, int] | None = None

    @property
    def places_left(self) -> int | None:
        return places.left(self.cohort.capacity, self.tally.taken)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a checked submission would make of a cohort's places: ``taken`` now, and by how many it would rise."""

    cohort: Cohort
    taken: int
    joining: int

    @property
    def would_be(self) -> int:
        return self.taken + self.joining

    @property
    def over(self) -> bool:
        """Whether there would be more people than places, and more than there are now."""
        return self.joining > 0 and self.cohort.capacity is not None and self.would_be > self.cohort.capacity


def foreseen(actor: User, submission: Submission) -> list[Foreseen]:
    """What a submission that the actor was given would make of places, by cohort; nothing unless it is ``checked``."""
    if submission.status != Submission.Status.CHECKED:
        return []
    joining = submission.joining
    cohorts = list(catalogue.cohorts(actor).filter(pk__in=list(joining)).order_by("code"))
    held = places.held([cohort.pk for cohort in cohorts])
    return [Foreseen(cohort, held[cohort.pk].taken, joining[cohort.pk]) for cohort in cohorts]


def state_of(cohort: Cohort, today: dt.date) -> str:
    """Whether a cohort is planned, running or has ended."""
    return PLANNED if today < cohort.starts_on else ENDED if cohort.ends_on < today else RUNNING


def courses(actor: User, cohorts: Sequence[Cohort]) -> list[Course]:
    """How some cohorts that the actor was given go, in their order; as many statements for one as for many."""
    ids = [cohort.pk for cohort in cohorts]
    with whole(actor):
        counted, clashing = tallies(ids), conflicts(actor, cohorts)
    heads, today = by_cohort.heads(actor, ids), clock.today()
    codes = dict(targets.targets(actor).values_list("pk", "code"))
    found: dict[str | None, list[Conflict]] = defaultdict(list)
    for one in clashing:
        found[one.cohort].append(one)
        if one.other is not None:
            found[one.other].append(one)
    return [
        Course(
            cohort,
            state_of(cohort, today),
            counted[cohort.pk],
            [seen_from(cohort, one) for one in found[cohort.code]],
            {code: heads[cohort.pk].get(pk, 0) for pk, code in codes.items()} if actor.sees_everything else None,
        )
        for cohort in cohorts
    ]


def shares(actor: User, cohorts: Sequence[Cohort]) -> list[Share]:
    """What some cohorts add to each target; nothing for a partner, who is told no figures of the bureau's."""
    by_target: dict[int, int] = defaultdict(int)
    for found in by_cohort.heads(actor, [cohort.pk for cohort in cohorts]).values():
        for target, heads in found.items():
            by_target[target] += heads
    known = list(targets.targets(actor))
    days = cube.days_of(actor, [one.pk for one in known], books.moment())
    return [
        Share(one.code, by_target[one.pk], sum(days.get(one.pk, {}).values()), one.goal, one.name_zh, one.name_en)
        for one in known
    ]


def programme_tally(actor: User, programme: Programme) -> Tally:
    """A programme's cohorts together. Staff are told its whole budget, lines that are no cohort's among it."""
    cohorts = catalogue.cohorts(actor).filter(programme=programme)
    ids = list(cohorts.values_list("pk", flat=True))
    with whole(actor):
        tally = together(list(tallies(ids).values()))
    if not actor.sees_everything:
        return tally
    money = catalogue.budget_lines(actor).filter(programme=programme)
    sums = money.aggregate(planned_fen=Sum("planned_fen"), spent_fen=Sum("spent_fen"))
    planned, spent = (None if sums[name] is None else int(sums[name]) for name in ("planned_fen", "spent_fen"))
    return replace(tally, planned_fen=planned, spent_fen=spent)


def members(actor: User | None, cohort: Cohort) -> QuerySet[Record, Any]:
    """The live enrolments of a cohort that the actor was given, each with the summary that stands of it."""
    latest = Attendance.objects.filter(record=OuterRef("pk")).order_by("-edition")
    found = records.records(actor).filter(cohort=cohort).exclude(state__in=NOT_LIVE)
    return found.annotate(
        edition=Subquery(latest.values("edition")[:1]),
        sessions_held=Subquery(latest.values("sessions_held")[:1]),
        sessions_attended=Subquery(latest.values("sessions_attended")[:1]),
        hours=Subquery(latest.values("hours")[:1]),
        until=Subquery(latest.values("until")[:1]),
        reason_given=Subquery(latest.values("withdrawal_reason")[:1]),
        noted_at=Subquery(latest.values("noted_at")[:1]),
    )


def editions(actor: User | None, record: Record) -> QuerySet[Attendance]:
    """Everything that was ever noted of one enrolment, the latest first."""
    return visible(Attendance.objects.filter(record=record), actor).order_by("-edition")

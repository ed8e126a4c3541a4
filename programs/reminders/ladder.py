"""The rungs of a ladder: on which moment each goes out, when it has to wait, and which version it belongs to."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from backend.clock import BUREAU
from programs.periods.calendar import DAY, Calendar
from programs.reminders.models import Counting, LadderPolicy, LadderStage

LATEST = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a ladder with its rungs, and the span of moments that are its own."""

    policy: LadderPolicy
    stages: Sequence[LadderStage]
    since: dt.datetime
    until: dt.datetime = field(default=LATEST)

    def owns(self, moment: dt.datetime) -> bool:
        """Whether a rung of this moment is this version's: what lies before a switch is the earlier version's."""
        return self.since <= moment < self.until


Versions = Mapping[str, Sequence[Version]]


def versions(*, alive_at: dt.datetime) -> dict[str, list[Version]]:
    """By kind, the versions in force at a moment or later, the earliest first."""
    rows = LadderPolicy.objects.filter(in_force_from__isnull=False).prefetch_related("stages")
    found: dict[str, list[Version]] = {}
    for one in rows.order_by("kind", "in_force_from", "pk"):
        until = one.retired_at or LATEST
        if one.in_force_from is not None and max(one.in_force_from, alive_at) < until:
            found.setdefault(one.kind, []).append(Version(one, rungs(one.stages.all()), one.in_force_from, until))
    return found


def instead(there: Versions, draft: LadderPolicy, since: dt.datetime) -> Versions:
    """The versions as they would be if a draft were switched on from a moment."""
    shortened = [
        Version(one.policy, one.stages, one.since, min(one.until, since))
        for one in there.get(draft.kind, ())
        if one.since < since
    ]
    return {**there, draft.kind: [*shortened, Version(draft, rungs(draft.stages.all()), since)]}


def rungs(stages: Iterable[LadderStage]) -> list[LadderStage]:
    """Stages from the bottom of the ladder to its top."""
    return sorted(stages, key=lambda one: (one.days, one.pk or 0))


def moment_of(days: Calendar, day: dt.date, stage: LadderStage) -> dt.datetime:
    """When a stage goes out whose clock starts on ``day``: at its hour in Guiyang, so many days from there.

    In working days, a day that is not worked itself is reminded of on the last working day before it. In calendar
    days, what falls on a day off and must not, goes out on the next working day, or before the day, on the last one.
    """
    return dt.datetime.combine(_day_of(days, day, stage), stage.hour, BUREAU)


def _day_of(days: Calendar, day: dt.date, stage: LadderStage) -> dt.date:
    if stage.counting == Counting.CALENDAR:
        day += DAY * stage.days
        while stage.working_days_only and not days.is_working_day(day):
            day += DAY if stage.days > 0 else -DAY
        return day
    if stage.days > 0:
        return days.add_working_days(day, stage.days)
    left = -stage.days
    while left or not days.is_working_day(day):
        day -= DAY
        left -= left > 0 and days.is_working_day(day)
    return day


def must_wait(days: Calendar, now: dt.datetime, stage: LadderStage | None) -> bool:
    """Whether what is due has to wait now: it is a day off, or an hour at which nobody is to be disturbed."""
    return stage is not None and may_go(days, now, stage) > now


def may_go(days: Calendar, moment: dt.datetime, stage: LadderStage) -> dt.datetime:
    """The first moment from one on at which a stage may go out.

    What a day off has kept goes out at the stage's hour of the next working day, and not when that day begins.
    """
    here = moment.astimezone(BUREAU)
    if stage.working_days_only and not days.is_working_day(here.date()):
        day = days.add_working_days(here.date(), 1)
        here = dt.datetime.combine(day, stage.hour, BUREAU)
    elif stage.working_days_only and here.time() < stage.hour and not days.is_working_day(here.date() - DAY):
        here = dt.datetime.combine(here.date(), stage.hour, BUREAU)
    start, end = stage.quiet_from, stage.quiet_until
    if end is None or not is_quiet(here.time(), start, end):
        return here
    over = dt.datetime.combine(here.date() if here.time() < end else here.date() + DAY, end, BUREAU)
    return may_go(days, over, stage)


def is_quiet(at: dt.time, start: dt.time | None, end: dt.time | None) -> bool:
    """Whether an hour lies in the quiet ones, which may run over midnight."""
    if start is None or end is None:
        return False
    return start <= at < end if start <= end else at >= start or at < end

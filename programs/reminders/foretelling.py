"""What will go out between two days and to whom: by what is in force, and beside it by a draft."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from backend import clock
from backend.accounts import scope
from backend.accounts.models import User
from backend.problems import FieldError, Invalid
from programs.periods.calendar import DAY, calendar
from programs.reminders import quieting
from programs.reminders.digests import chosen
from programs.reminders.going_out import later_on, latest, overtaken, speaking
from programs.reminders.kinds.subject import BEHIND_DAYS, RowKey, Window
from programs.reminders.ladder import Versions, instead, may_go, versions
from programs.reminders.models import Audience, LadderPolicy, Reminder
from programs.reminders.planning import Plan, planned, row_key

FARTHEST_DAYS = 3650
SPAN_DAYS, MOST_DAYS = 30, 366
INSIDE = (Audience.BUREAU, Audience.MANAGER)
CHANGES = ("added", "dropped", "moved", "same")


@dataclass(frozen=True, slots=True)
class Foretold:
    """One message that would go out, by the ladder in force at ``before``, by the other one at ``after``."""

    row: Reminder
    before: dt.datetime | None
    after: dt.datetime | None

    @property
    def change(self) -> str:
        if self.before is None:
            return "added"
        if self.after is None:
            return "dropped"
        return "same" if self.before == self.after else "moved"


def will_go_out(actor: User | None, first: dt.datetime | None, last: dt.datetime) -> list[Reminder]:
    """What goes out up to ``last`` by what is in force, if nothing is settled until then, in order.

    Args:
        first: nothing that is due before; without it, what is overdue as well.
    """
    now = clock.now()
    found = _rows(actor, versions(alive_at=now - dt.timedelta(days=BEHIND_DAYS)), now, last)
    return sorted(
        (row for row in found.values() if row.due_at <= last and (first is None or row.due_at >= first)), key=_order
    )


def beside(actor: User | None, policy: LadderPolicy, first: dt.date, last: dt.date) -> list[Foretold]:
    """What goes out from a day through another one by what is in force, and if ``policy`` were switched on.

    A draft is taken to be switched on now, or at the beginning of ``first`` if that is later; a version that is in
    force, or will be, is compared with itself.
    """
    now = clock.now()
    start, end = _start(first), _start(last + dt.timedelta(days=1))
    there = versions(alive_at=now - dt.timedelta(days=BEHIND_DAYS))
    own = {policy.kind: there.get(policy.kind, [])}
    other = instead(own, policy, max(now, start)) if policy.in_force_from is None else own
    before, after = (_rows(actor, one, now, end) for one in (own, other))
    found = []
    for key in before.keys() | after.keys():
        moments = [side[key].due_at if key in side else None for side in (before, after)]
        # Of what is moved out of the span, that it is not there any more is what matters.
        old, new = (at if at is not None and start <= at < end else None for at in moments)
        if old is not None or new is not None:
            found.append(Foretold((after.get(key) or before[key]), old, new))
    return sorted(found, key=lambda one: (one.after or one.before, *_order(one.row)[1:]))


def span(first: dt.date | None, last: dt.date | None) -> tuple[dt.date, dt.date]:
    """The days to look at: from today and for thirty days, where they are not given.

    Raises:
        Invalid: the last lies before the first, or more than a year after it.
    """
    first = first or clock.today()
    last = last or first + dt.timedelta(days=SPAN_DAYS)
    if last < first:
        raise Invalid(
            [FieldError("to", "before_start", _("The end lies before the start. Mend one of the two dates."))]
        )
    if (last - first).days > MOST_DAYS:
        raise Invalid([FieldError("to", "too_far", _("Look at %(most)d days at most.") % {"most": MOST_DAYS})])
    return first, last


def told(row: Reminder) -> dict[str, Any]:
    """A planned row in the shape of the contract's preview."""
    return {
        "organisation": row.organisation.code,
        "kind": row.kind,
        "subject": row.subject,
        "obligation": row.obligation_id,
        "stage": row.stage,
        "channel": row.channel,
        "audience": row.audience,
        "recipient": row.recipient,
        "due_at": row.due_at,
    }


def _rows(actor: User | None, by: Versions, now: dt.datetime, until: dt.datetime) -> dict[RowKey, Reminder]:
    """What is planned and has not gone out or ended, as far as the actor may see, less what is left in peace then."""
    inside = actor is not None and actor.is_authenticated and actor.sees_everything
    latest = max(now, min(until, now + dt.timedelta(days=FARTHEST_DAYS)))
    window = Window(now, latest, narrow=lambda rows: scope.visible(rows, actor), bureau=inside)
    plan = planned(window, by, tuple(by))
    ended = scope.visible(Reminder.objects.exclude(state=Reminder.State.SCHEDULED), actor)
    ids = [one.obligation.pk for one in plan.subjects.values() if one.obligation is not None]
    over = ended.filter(obligation__in=ids) | ended.filter(about_id__isnull=False, since__gte=window.started)
    gone = {
        row_key(one) for one in over.only("kind", "obligation", "about_id", "since", "stage", "channel", "recipient")
    }
    quieted = quieting.holding(now)
    found: dict[RowKey, Reminder] = {}
    waiting: list[tuple[RowKey, Reminder, dt.datetime]] = []
    days = calendar()
    for key, one in plan.rows.items():
        if key in gone or one.due_at > until or (not inside and one.stage.audience in INSIDE):
            continue
        obligation = one.subject.obligation
        held = quieted.of(one.subject.organisation.pk, obligation.pk if obligation is not None else None)
        release = quieting.released(held) if held is not None else None
        if held is None or not held.lasts_on(quieting.held_on(max(one.due_at, now))):
            found[key] = one.as_row(plan)
        elif release is not None:
            waiting.append((key, one.as_row(plan), may_go(days, release, one.stage)))
    later = {key: row for key, row in _caught_up_with(waiting, found, plan) if row.due_at <= until}
    return found | later


def _caught_up_with(
    waiting: Sequence[tuple[RowKey, Reminder, dt.datetime]], beside: Mapping[RowKey, Reminder], plan: Plan
) -> Iterator[tuple[RowKey, Reminder]]:
    """Of what waits for a snooze to end, what goes out then, at the moment at which it does.

    Args:
        waiting: with the moment from which each may go out.
        beside: what goes out by itself: where that is at the same moment, the recipient hears of the rest from it.
    """
    hours, together = chosen(), defaultdict(list)
    coming = [row for at in {moment for *_row, moment in waiting} for row in later_on(at, beside.values())]
    passed = {id(row) for row in overtaken([row for _key, row, moment in waiting if row.due_at <= moment], coming)}
    for key, row, moment in waiting:
        if id(row) in passed:
            continue
        together[row.channel, row.recipient.casefold(), moment].append((key, row))
    own: dict[tuple[str, str, dt.datetime], list[Reminder]] = defaultdict(list)
    for row in beside.values():
        own[row.channel, row.recipient.casefold(), row.due_at].append(row)
    for (channel, recipient, moment), found in together.items():
        rows = sorted([row for _key, row in found] + own[channel, recipient, moment], key=lambda row: row.due_at)
        hour = hours.get((channel, recipient))
        if hour is not None or any(_collected(plan, row) for _key, row in found):
            going = [row for row in latest(rows)[0] if moment - row.due_at < dt.timedelta(days=BEHIND_DAYS)]
            here = moment.astimezone(clock.BUREAU)
            if hour is not None:
                moment = dt.datetime.combine(here.date() + DAY * (hour < here.time()), hour, clock.BUREAU)
        else:
            going, _passed, _stale = speaking(rows, moment)
        for key, row in found:
            if any(one is row for one in going):
                row.due_at = moment
                yield key, row


def _collected(plan: Plan, row: Reminder) -> bool:
    stage = plan.stage_of(row)
    return stage is not None and stage.digest


def _start(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), clock.BUREAU)


def _order(row: Reminder) -> tuple[Any, ...]:
    return row.due_at, row.organisation.code, row.stage, row.recipient

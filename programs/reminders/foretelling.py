"""What will go out between two days and to whom: by what is in force, and beside it by a draft."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from backend import clock
from backend.accounts import scope
from backend.accounts.models import User
from backend.problems import FieldError, Invalid
from programs.reminders import quieting
from programs.reminders.kinds.subject import BEHIND_DAYS, RowKey, Window
from programs.reminders.ladder import Versions, instead, versions
from programs.reminders.models import Audience, LadderPolicy, Reminder
from programs.reminders.planning import planned, row_key

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
    quieted = quieting.standing(clock.today())
    found = {}
    for key, one in plan.rows.items():
        if key in gone or one.due_at > until or (not inside and one.stage.audience in INSIDE):
            continue
        obligation = one.subject.obligation
        held = quieted.of(one.subject.organisation.pk, obligation.pk if obligation is not None else None)
        if held is None or not held.lasts_on(max(one.due_at, now).astimezone(clock.BUREAU).date()):
            found[key] = one.as_row(plan)
    return found


def _start(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), clock.BUREAU)


def _order(row: Reminder) -> tuple[Any, ...]:
    return row.due_at, row.organisation.code, row.stage, row.recipient

"""What is common to single messages and digests: which of many speak, what they are about, and handing them over."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from backend import clock
from backend.messages import services as messages
from programs.reminders import writing
from programs.reminders.kinds.obligations import subject_of
from programs.reminders.kinds.subject import BEHIND_DAYS, Subject, SubjectKey, key_of
from programs.reminders.models import Reminder
from programs.reminders.planning import Plan
from programs.reminders.texts import Written

STALE = dt.timedelta(hours=24)
"""What is overdue by more was overtaken by time."""


def latest(rows: Sequence[Reminder]) -> tuple[list[Reminder], list[Reminder]]:
    """Of what is due to one recipient, what goes on, and what a later stage about the same has taken the place of."""
    last: dict[tuple[SubjectKey, str], Reminder] = {}
    for one in rows:
        last[key_of(one), one.audience] = one
    going = [one for one in rows if last[key_of(one), one.audience] is one]
    return going, [one for one in rows if last[key_of(one), one.audience] is not one]


def overtaken(due: Sequence[Reminder], coming: Iterable[Reminder] = ()) -> list[Reminder]:
    """Of all that is due, what a later stage about the same, to the same recipient, takes the place of.

    Also where one of them has to wait for its hour and the other has not: it is still one thing to hear of.

    Args:
        coming: what falls due later on the day on which ``due`` goes out. It takes the place of what was due on a day
            before, so that whoever is left in peace no more hears of it once and not twice on that day.
    """
    latest_at: dict[tuple[SubjectKey, str, str, str], dt.datetime] = {}
    for one in due:
        latest_at[_told(one)] = max(one.due_at, latest_at.get(_told(one), one.due_at))
    day = {_told(one): _day(one.due_at) for one in coming}
    return [
        one for one in due if one.due_at < latest_at[_told(one)] or _day(one.due_at) < day.get(_told(one), dt.date.min)
    ]


def later_on(moment: dt.datetime, rows: Iterable[Reminder]) -> list[Reminder]:
    """What falls due after a moment and on the same day."""
    return [one for one in rows if one.due_at > moment and _day(one.due_at) == _day(moment)]


def _day(moment: dt.datetime) -> dt.date:
    return moment.astimezone(clock.BUREAU).date()


def _told(one: Reminder) -> tuple[SubjectKey, str, str, str]:
    return key_of(one), one.audience, one.channel, one.recipient.casefold()


def speaking(rows: Sequence[Reminder], now: dt.datetime) -> tuple[list[Reminder], list[Reminder], list[Reminder]]:
    """Of what is due to one recipient, in its order: what goes out, what a later stage replaces, what is only named.

    What is overdue by less than :data:`STALE` goes out. Where there is no such thing, the latest does that is still
    worth it, for all of them.
    """
    going, passed = latest(rows)
    fresh = [one for one in going if now - one.due_at < STALE]
    stale = [one for one in going if now - one.due_at >= STALE]
    alive = [one for one in stale if now - one.due_at < dt.timedelta(days=BEHIND_DAYS)]
    if alive and not fresh:
        fresh = [alive[-1]]
        stale = [one for one in stale if one is not alive[-1]]
    return fresh, passed, stale


def end(rows: Iterable[Reminder], state: str, note: str) -> None:
    """Ends rows that do not go out, and says why."""
    if ids := [one.pk for one in rows]:
        Reminder.objects.filter(pk__in=ids).update(state=state, note=note)


def about(one: Reminder, plan: Plan) -> Subject:
    """What a reminder is about; an obligation may lie outside what is planned.

    Raises:
        LookupError: it is about nothing that is outstanding.
    """
    found = plan.subjects.get(key_of(one))
    if found is None and one.obligation is not None:
        return subject_of(one.obligation)
    if found is None:
        raise LookupError(f"reminder {one.pk} is about nothing that is outstanding")
    return found


@dataclass
class Outgoing:
    """Messages that are handed over together: ``add`` one for some rows to one recipient, then ``post`` all."""

    _messages: list[messages.Message] = field(default_factory=list)
    _rows: list[Sequence[Reminder]] = field(default_factory=list)

    def add(self, rows: Sequence[Reminder], written: Written, *, key: str, organisation_id: int) -> None:
        """One message for these rows."""
        first = rows[0]
        self._messages.append(
            messages.Message(
                key=key,
                organisation_id=organisation_id,
                channel=first.channel,
                recipient=first.recipient,
                language=first.language,
                subject=written.subject,
                text=written.text,
                html=written.html,
            )
        )
        self._rows.append(rows)

    def post(self) -> None:
        """Posts them, a thousand by each statement; their rows are being sent from then on."""
        posted: list[Reminder] = []
        for rows, delivery in zip(self._rows, messages.post_many(self._messages), strict=True):
            for one in rows:
                one.delivery, one.state = delivery, Reminder.State.SENDING
                posted.append(one)
        writing.hand_over(posted)

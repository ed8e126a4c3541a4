"""What is common to single messages and digests: which of many speak, what they are about, and handing them over."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from backend.messages import services as messages
from programs.reminders import writing
from programs.reminders.kinds.obligations import subject_of
from programs.reminders.kinds.subject import Subject, SubjectKey, key_of
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

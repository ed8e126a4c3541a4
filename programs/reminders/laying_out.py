"""Bringing the rows of reminders in step with what the ladders plan, in sets."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection
from django.db.models import Q

from programs.reminders.kinds.subject import RowKey
from programs.reminders.models import Note, Reminder
from programs.reminders.planning import Plan, Planned

State = Reminder.State
_INSERT = """
    INSERT INTO reminder (organisation_id, kind, obligation_id, about_id, since, subject, stage, channel, audience,
                          recipient, language, due_at, policy_id, state, note, attempts)
    SELECT new.*, 'scheduled', '', 0
    FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::bigint[], %s::timestamptz[], %s::text[], %s::text[],
                %s::text[], %s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::bigint[]) AS new
    ON CONFLICT DO NOTHING
"""


class _There(NamedTuple):
    pk: int
    state: str
    note: str
    due_at: dt.datetime
    handed_over: bool

    @property
    def may_revive(self) -> bool:
        """Whether it was called off for what no longer holds, before anything went out."""
        over = self.state == State.CANCELLED and self.note in (Note.SETTLED, Note.REPLACED, Note.NOT_A_RECIPIENT)
        return over and not self.handed_over


def lay_down(plan: Plan, started: dt.datetime) -> int:
    """Writes down what is planned and not there yet, moves what is due at another moment now; how many were new.

    What is scheduled and not planned any more is called off: it is settled, its ladder was replaced, or its address is
    no recipient any more. What was settled and is outstanding again may go as far as it had not gone out by then.

    Args:
        started: rows about clocks that started before are let be.
    """
    there = _there(plan, started)
    moved: dict[dt.datetime, list[int]] = defaultdict(list)
    revived: dict[dt.datetime, list[int]] = defaultdict(list)
    ended: dict[str, list[int]] = defaultdict(list)
    for key, (kind, one) in there.items():
        wanted = plan.rows.get(key)
        if one.state == State.SCHEDULED and wanted is None:
            ended[_why_not(plan, kind, key)].append(one.pk)
        elif one.state == State.SCHEDULED and wanted is not None and one.due_at != wanted.due_at:
            moved[wanted.due_at].append(one.pk)
        elif wanted is not None and one.may_revive:
            revived[wanted.due_at].append(one.pk)
    for due_at, ids in moved.items():
        Reminder.objects.filter(pk__in=ids).update(due_at=due_at)
    for due_at, ids in revived.items():
        Reminder.objects.filter(pk__in=ids).update(state=State.SCHEDULED, note="", due_at=due_at)
    for note, ids in ended.items():
        Reminder.objects.filter(pk__in=ids).update(state=State.CANCELLED, note=note)
    return _write_down(plan, [row for key, row in plan.rows.items() if key not in there])


def _write_down(plan: Plan, rows: Sequence[Planned]) -> int:
    """New rows in one statement, by columns: thousands of partners fall due on one day."""
    if not rows:
        return 0
    columns = zip(
        *(
            (
                one.subject.organisation.pk,
                one.subject.kind,
                one.subject.obligation.pk if one.subject.obligation is not None else None,
                one.subject.about_id,
                one.subject.since,
                plan.title_of(one.subject, one.who.language),
                one.stage.code,
                one.stage.channel,
                one.stage.audience,
                one.who.address,
                one.who.language,
                one.due_at,
                one.policy.pk,
            )
            for one in rows
        ),
        strict=True,
    )
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [list(column) for column in columns])
        return int(cursor.rowcount)


def _there(plan: Plan, started: dt.datetime) -> dict[RowKey, tuple[str, _There]]:
    obligations = [one.obligation.pk for one in plan.subjects.values() if one.obligation is not None]
    rows = Reminder.objects.filter(Q(obligation__in=obligations) | Q(about_id__isnull=False, since__gte=started))
    found: dict[RowKey, tuple[str, _There]] = {}
    names = ("kind", "obligation_id", "about_id", "since", "stage", "channel", "recipient")
    for row in rows.values_list(*names, "pk", "state", "note", "due_at", "delivery_id"):
        kind, obligation, about, since, stage, channel, recipient, pk, state, note, due_at, delivery = row
        subject = ("", obligation, None) if about is None else (kind, about, since)
        found[subject, stage, channel, recipient] = kind, _There(pk, state, note, due_at, delivery is not None)
    return found


def _why_not(plan: Plan, kind: str, key: RowKey) -> Note:
    """Why a scheduled row is not planned any more."""
    subject, stage, channel, _recipient = key
    if subject not in plan.subjects:
        return Note.SETTLED
    kind = plan.subjects[subject].kind
    if (kind, stage, channel) not in plan.codes or (subject, stage, channel) in plan.unowned:
        return Note.REPLACED
    return Note.NOT_A_RECIPIENT

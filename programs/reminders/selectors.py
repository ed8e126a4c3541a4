"""What a user may see of reminders."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet

from backend import clock
from backend.accounts import scope
from backend.accounts.models import User
from programs.periods.selectors import obligations
from programs.reminders.models import Audience, Reminder
from programs.reminders.services import planned


def reminders(actor: User | None) -> QuerySet[Reminder]:
    """The reminders that ``actor`` may see: a partner what goes to its own organisation, bureau staff all."""
    # Not the messages' texts, which make a list a hundred times as heavy.
    every = Reminder.objects.select_related("organisation", "delivery").defer("delivery__text", "delivery__html")
    rows = scope.visible(every, actor)
    if actor is not None and actor.is_authenticated and not actor.sees_everything:
        rows = rows.exclude(audience=Audience.BUREAU)
    return rows


def preview(actor: User | None, at: dt.datetime) -> list[dict[str, Any]]:
    """What will have gone out by ``at`` if nothing is reported until then, in order."""
    known = {
        (row["obligation_id"], row["stage"], row["channel"], row["recipient"])
        for row in reminders(actor)
        .exclude(state=Reminder.State.SCHEDULED)
        .values("obligation_id", "stage", "channel", "recipient")
    }
    now = clock.now()
    rows = [
        row
        for row in planned(obligations(actor), now, max(now, min(at, now + dt.timedelta(days=3650))))
        if row.due_at <= at
        and (row.obligation_id, row.stage, row.channel, row.recipient) not in known
        and (row.audience != Audience.BUREAU or (actor is not None and actor.sees_everything))
    ]
    return [
        {
            "organisation": row.organisation.code,
            "subject": row.subject,
            "obligation": row.obligation_id,
            "stage": row.stage,
            "channel": row.channel,
            "audience": row.audience,
            "recipient": row.recipient,
            "due_at": row.due_at,
        }
        for row in sorted(rows, key=lambda row: (row.due_at, row.organisation.code, row.stage, row.recipient))
    ]

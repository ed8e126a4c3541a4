"""What is told outside of reminders that were sent."""

from collections.abc import Iterable, Sequence

from backend.messages.endpoints.events import Happening, publish_many
from programs.reminders.foretelling import INSIDE
from programs.reminders.models import Reminder

SENT = "reminder.sent"


def sent(reminder_ids: Sequence[int]) -> int:
    """Tells the webhooks that asked for it which reminders went out; not of those that are between the bureau's own.

    An address is nobody's to pass on: it is told whom a reminder turned to, and not where it went.
    """
    if not reminder_ids:
        return 0

    def each() -> Iterable[Happening]:
        rows = Reminder.objects.filter(pk__in=reminder_ids).exclude(audience__in=INSIDE)
        for one in rows.select_related("organisation", "obligation__period").order_by("pk"):
            data = {
                "reminder": one.pk,
                "kind": one.kind,
                "organisation": one.organisation.code,
                "period": one.obligation.period.code if one.obligation else None,
                "subject": one.subject,
                "stage": one.stage,
                "audience": one.audience,
                "channel": one.channel,
                "sent_at": one.sent_at,
            }
            yield Happening(str(one.pk), one.organisation_id, data)

    return publish_many(event=SENT, happenings=each)

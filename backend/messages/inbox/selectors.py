"""Reading one's own inbox."""

from django.db.models import QuerySet

from backend.accounts.models import User
from backend.messages.inbox.models import InboxMessage

MOST_COUNTED = 100


def messages(actor: User | None) -> QuerySet[InboxMessage]:
    """What lies in ``actor``'s own inbox; nobody reads another's."""
    if actor is None or not actor.is_authenticated:
        return InboxMessage.objects.none()
    return InboxMessage.objects.filter(user=actor.pk).select_related("delivery")


def unread(actor: User) -> int:
    """How many of them are unread; a hundred stands for more."""
    return InboxMessage.objects.filter(user=actor.pk, read_at=None)[:MOST_COUNTED].count()

"""Reading what lies in the inbox, and putting it back among the unread. Neither is anybody else's matter: no audit."""

from collections.abc import Iterable

from django.db import transaction

from backend import clock
from backend.accounts.models import User
from backend.messages.inbox.selectors import messages


@transaction.atomic
def mark(*, actor: User, ids: Iterable[int] | None = None, read: bool = True) -> int:
    """Marks the actor's messages as read, or as unread; how many were otherwise.

    Args:
        ids: which; all of them where none are named.
    """
    mine = messages(actor).filter(read_at__isnull=read)
    if ids is not None:
        mine = mine.filter(pk__in=list(ids))
    return mine.update(read_at=clock.now() if read else None)

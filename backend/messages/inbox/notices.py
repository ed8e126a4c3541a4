"""Telling people of what has happened by a message in their inbox, each in their own language and once for good."""

from collections.abc import Callable, Iterable

from django.db.models import QuerySet
from django.utils import translation
from django.utils.html import escape, linebreaks

from backend.accounts.models import User
from backend.messages.models import Channel, Delivery
from backend.messages.services import Message, post_many

Words = Callable[[], tuple[str, str]]
"""Gives a subject in one line and a text, in the language that is active."""
LONGEST_SUBJECT = 200


def partners_people(organisation_ids: Iterable[int]) -> QuerySet[User]:
    """Those who sign in for partners and may act: whom a matter of their organisation concerns."""
    acting = User.objects.filter(role=User.Role.PARTNER, is_active=True, read_only=False)
    return acting.filter(organisation__in=list(organisation_ids)).order_by("pk")


def tell(*, key: str, organisation_id: int, users: Iterable[User], words: Words) -> int:
    """Lays a message into the inbox of each of ``users``, in the caller's transaction; how many are new.

    The caller sees everything, as the outbox's handlers do.

    Args:
        key: names the matter for good (``extension:7``); what somebody was told under it they are not told again.
        organisation_id: whose matter it is. A partner's user of another one gets nothing.
    """
    keys = {f"notice:{key}:{one.pk}": one for one in users}
    told = set(Delivery.objects.filter(key__in=keys).values_list("key", flat=True))
    new = {name: one for name, one in keys.items() if name not in told}
    said: dict[str, tuple[str, str]] = {}
    for language in {one.language for one in new.values()}:
        with translation.override(language):
            subject, text = words()
            said[language] = subject[:LONGEST_SUBJECT], text
    post_many(
        Message(
            key=name,
            organisation_id=organisation_id,
            channel=Channel.INBOX,
            recipient=str(one.pk),
            language=one.language,
            subject=said[one.language][0],
            text=said[one.language][1],
            html=linebreaks(escape(said[one.language][1])),
        )
        for name, one in new.items()
    )
    return len(new)

"""Sending messages: a row first, then the server, then what it said on the row.

The row is written with what calls for it, in one transaction, and is rung for when that commits; the reconciler rings
again. How it is claimed, handed over and answered is told in ``sending``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings
from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from backend import clock
from backend.accounts import scope
from backend.accounts.models import User
from backend.audit.services import enter_audit
from backend.bell import ring
from backend.messages.models import Channel, Delivery, SuppressedAddress
from backend.messages.sending import BACK_OFF_MINUTES, CLAIM_MINUTES, SETTLED, send, send_due

__all__ = [
    "BACK_OFF_MINUTES",
    "SETTLED",
    "Message",
    "post",
    "post_many",
    "reconcile",
    "release",
    "send",
    "send_due",
    "withdraw",
]

SEND = "messages.send"
SEND_DUE = "messages.send_due"
SENDERS = 2
"""How many send at once, so that one goes on where another is killed, and other work finds its turn between rounds."""

PER_SENDER = 200
"""A second sender is not rung for before so many wait."""

AT_WORK_SECONDS = 5
"""A sender is at work that has claimed something within this."""

AT_ONCE = 1000
State = Delivery.State


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is to go out.

    ``key`` names it for good: the Message-ID follows from it and from the installation's own secret, and no second one
    can be written. ``recipient`` is what ``channel`` calls one; ``subject`` one line: line breaks in it become spaces.
    """

    key: str
    organisation_id: int
    recipient: str
    language: str
    subject: str
    text: str
    html: str
    channel: str = Channel.EMAIL


def post(
    *,
    key: str,
    organisation_id: int,
    recipient: str,
    language: str,
    subject: str,
    text: str,
    html: str,
    channel: str = Channel.EMAIL,
) -> Delivery:
    """Writes a message down in the caller's transaction; it goes out once that commits.

    Whoever calls for it may be bound to districts: it is written all the same, and is perhaps not theirs to read.

    Args:
        key: names the message for good; the Message-ID follows from it and from the installation's own secret, and no
            second one can be written.
        recipient: what ``channel`` calls one.
        subject: one line; line breaks in it become spaces.
    """
    scope.require_transaction()
    delivery = _row(
        Message(
            key=key,
            organisation_id=organisation_id,
            recipient=recipient,
            language=language,
            subject=subject,
            text=text,
            html=html,
            channel=channel,
        )
    )
    with scope.whole():
        delivery.save(force_insert=True)
    ring(SEND, delivery.pk)
    return delivery


def post_many(messages: Iterable[Message]) -> list[Delivery]:
    """Writes many messages down in the caller's transaction, a thousand by each statement; in their order.

    They go out one after the other, over connections that are kept, once that commits.
    """
    scope.require_transaction()
    now = clock.now()
    rows = [_row(one) for one in messages]
    for row in rows:
        # Values and not defaults of the database: only so the rows travel as arrays.
        row.created_at = row.next_try_at = now
    with scope.whole():
        Delivery.objects.bulk_create(rows, batch_size=AT_ONCE)
    if rows:
        _ring_senders()
    return rows


def _row(message: Message) -> Delivery:
    domain = parseaddr(settings.MAIL_FROM)[1].rpartition("@")[2] or "localhost"
    named = salted_hmac("shugu.message", message.key, algorithm="sha256").hexdigest()[:40]
    return Delivery(
        key=message.key,
        message_id=f"<{named}@{domain}>",
        organisation_id=message.organisation_id,
        channel=message.channel,
        recipient=message.recipient,
        language=message.language,
        subject=" ".join(message.subject.split())[:200],
        text=message.text,
        html=message.html,
    )


def withdraw(*, delivery_ids: list[int], untouched: bool = False) -> int:
    """Calls off what has not gone out yet, in the caller's transaction; how many.

    What went out unanswered is not sent once more.

    Args:
        untouched: only what is in nobody's hands; the rest goes its way.
    """
    these = Delivery.objects.filter(pk__in=delivery_ids)
    with scope.whole():
        if untouched:
            return these.filter(state=State.QUEUED).update(state=State.WITHDRAWN, next_try_at=None)
        these.filter(state=State.UNKNOWN).update(next_try_at=None)
        # It is in somebody's hands right now: should it not get through, or its sender die, it is not tried again.
        these.filter(state=State.SENDING).update(called_off=True)
        return these.filter(state=State.QUEUED).update(state=State.WITHDRAWN, next_try_at=None)


def reconcile() -> int:
    """Rings for as many senders as are missing where a message's time has come; how many.

    Its bell was lost, it was put back, or it is unanswered or left by a sender that died.
    """
    with scope.everything():
        return _ring_senders()


def _ring_senders() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT (SELECT count(*) FROM (
                    SELECT FROM delivery WHERE next_try_at <= shugu_now() LIMIT %s) AS due),
                (SELECT count(*) FROM delivery
                    WHERE state = 'sending' AND next_try_at > shugu_now() + make_interval(secs => %s))
            """,
            [SENDERS * PER_SENDER, CLAIM_MINUTES * 60 - AT_WORK_SECONDS],
        )
        due, at_work = cursor.fetchone()
    missing = max(min(-(-due // PER_SENDER), SENDERS) - at_work, 0)
    for _sender in range(missing):
        ring(SEND_DUE)
    return int(missing)


@transaction.atomic
def release(*, actor: User | None, suppressed: SuppressedAddress) -> None:
    """Lets mail go to a suppressed address again; one that is still refused is suppressed anew by the next refusal."""
    gone, _by_table = SuppressedAddress.objects.filter(pk=suppressed.pk).delete()
    if gone:
        enter_audit(action="message.release", subject=suppressed, detail={"address": suppressed.address}, actor=actor)

"""Sending messages: a row first, then the server, then what it said on the row.

The row is written with what calls for it, in one transaction, and is rung for when that commits; the reconciler rings
again. A sender claims it, hands it to the server outside any transaction, and writes the answer down. One that dies in
between leaves it claimed: it is unknown whether the message went out, and it is sent once more, as the same message.
"""

import datetime as dt
from email.utils import parseaddr

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

from backend import clock
from backend.accounts import scope
from backend.accounts.models import User
from backend.audit.services import enter_audit
from backend.bell import ring
from backend.messages import smtp as _smtp  # noqa: F401 - registers its channel
from backend.messages.channels import Answer, carrier
from backend.messages.models import Channel, Delivery, Fate, SuppressedAddress
from backend.outbox.services import state

SEND = "messages.send"
SETTLED = "message.settled"
"""Stated whenever the state of a delivery has changed, so that whoever asked for it may follow."""

BACK_OFF_MINUTES = (1, 2, 5, 15, 30, 60, 120, 240, 480)
CLAIM_MINUTES = 5
AGAIN_MINUTES = 5
RINGS_AT_ONCE = 500
State = Delivery.State


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

    Args:
        key: names the message for good; the Message-ID follows from it and from the installation's own secret, and no
            second one can be written.
        recipient: what ``channel`` calls one.
        subject: one line; line breaks in it become spaces.
    """
    scope.require_transaction()
    domain = parseaddr(settings.MAIL_FROM)[1].rpartition("@")[2] or "localhost"
    delivery = Delivery.objects.create(
        key=key,
        message_id=f"<{salted_hmac('shugu.message', key, algorithm='sha256').hexdigest()[:40]}@{domain}>",
        organisation_id=organisation_id,
        channel=channel,
        recipient=recipient,
        language=language,
        subject=" ".join(subject.split())[:200],
        text=text,
        html=html,
    )
    ring(SEND, delivery.pk)
    return delivery


def withdraw(*, delivery_ids: list[int]) -> int:
    """Calls off what has not gone out yet, in the caller's transaction; how many.

    What went out unanswered is not sent once more.
    """
    these = Delivery.objects.filter(pk__in=delivery_ids)
    these.filter(state=State.UNKNOWN).update(next_try_at=None)
    return these.filter(state=State.QUEUED).update(state=State.WITHDRAWN, next_try_at=None)


def send(delivery_id: int) -> bool:
    """Sends one message if it is its time; whether it was tried here and now."""
    delivery = _claim(delivery_id)
    if delivery is None:
        return False
    if _suppressed(delivery):
        return True
    _note(delivery, carrier(delivery.channel)(delivery))
    return True


def reconcile() -> int:
    """Rings for messages whose time has come: put back, unanswered, or left by a sender that died; how many."""
    with scope.everything():
        due = list(
            Delivery.objects.filter(next_try_at__lte=clock.now())
            .order_by("next_try_at")
            .values_list("pk", flat=True)[:RINGS_AT_ONCE]
        )
    for delivery_id in due:
        ring(SEND, delivery_id)
    return len(due)


@transaction.atomic
def release(*, actor: User | None, suppressed: SuppressedAddress) -> None:
    """Lets mail go to a suppressed address again; one that is still refused is suppressed anew by the next refusal."""
    gone, _by_table = SuppressedAddress.objects.filter(pk=suppressed.pk).delete()
    if gone:
        enter_audit(action="message.release", subject=suppressed, detail={"address": suppressed.address}, actor=actor)


def _claim(delivery_id: int) -> Delivery | None:
    with scope.everything():
        now = clock.now()
        delivery = (
            Delivery.objects.filter(pk=delivery_id, next_try_at__lte=now).select_for_update(skip_locked=True).first()
        )
        if delivery is None:
            return None
        if delivery.state in (State.SENDING, State.UNKNOWN):
            if delivery.again:
                # It was sent once more already, and that is how often a message may go out unanswered.
                delivery.state, delivery.fate, delivery.next_try_at = State.UNKNOWN, Fate.UNKNOWN, None
                delivery.save()
                state(topic=SETTLED, subject_id=delivery.pk)
                return None
            delivery.again = True
        delivery.state = State.SENDING
        delivery.attempts += 1
        delivery.next_try_at = now + dt.timedelta(minutes=CLAIM_MINUTES)
        delivery.save()
        return delivery


def _suppressed(delivery: Delivery) -> bool:
    if delivery.channel != Channel.EMAIL:
        return False
    with scope.everything():
        known = SuppressedAddress.objects.filter(address=delivery.recipient.casefold()).first()
    if known is not None:
        _note(delivery, Answer(Fate.SUPPRESSED, known.answer))
    return known is not None


def _note(delivery: Delivery, answer: Answer) -> None:
    with scope.everything():
        current = Delivery.objects.select_for_update().get(pk=delivery.pk)
        if current.state != State.SENDING or current.attempts != delivery.attempts:
            return
        now = clock.now()
        current.fate, current.answer, current.next_try_at = answer.fate, answer.text, None
        current.answered_at = now
        if answer.fate == Fate.SENT:
            current.state, current.sent_at = State.SENT, now
        elif answer.fate == Fate.UNKNOWN:
            current.state = State.UNKNOWN
            current.next_try_at = None if current.again else now + dt.timedelta(minutes=AGAIN_MINUTES)
        elif answer.fate == Fate.LATER and answer.after is not None:
            current.state, current.attempts = State.QUEUED, current.attempts - 1
            current.next_try_at = now + dt.timedelta(seconds=answer.after)
        elif answer.fate == Fate.LATER and current.attempts <= len(BACK_OFF_MINUTES):
            current.state = State.QUEUED
            current.next_try_at = now + dt.timedelta(minutes=BACK_OFF_MINUTES[current.attempts - 1])
        else:
            current.state = State.FAILED
        current.save()
        if answer.suppress:
            _suppress(current)
        state(topic=SETTLED, subject_id=current.pk)


@transaction.atomic
def _suppress(delivery: Delivery) -> None:
    address = delivery.recipient.casefold()
    _row, new = SuppressedAddress.objects.get_or_create(address=address, defaults={"answer": delivery.answer})
    if new:
        enter_audit(action="message.suppress", subject=delivery, detail={"address": address, "answer": delivery.answer})

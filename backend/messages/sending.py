"""Claiming messages, handing them over, and writing down what came of each.

Three steps, so that several senders may work and any of them may die:

* *reserved*: many at once by one statement, which passes over what others hold; ``next_try_at`` moves a little into the
  future and is, to the microsecond, the sender's ticket. What is reserved has not been touched: withdrawn, it does not
  go out, and if the sender dies, the next one finds it again unharmed.
* *claimed*: one, just before it is handed over, by whoever still holds its ticket. From here on it may have gone out.
* *noted*: what the server said, together with the claim of the next one. So a sender that dies leaves one message of
  which nobody knows whether it went out; once its claim has lapsed it is sent once more, as the same message. The claim
  lasts longer than a server may take to answer, which is what tells a slow sender from a dead one; where a slow one
  answers late after all, and nobody has claimed the message anew, its answer stands.
"""

import datetime as dt
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from backend.accounts import scope
from backend.audit.services import enter_audit
from backend.messages import smtp as _smtp  # noqa: F401 - registers its channel
from backend.messages.channels import Answer, carrier, keeping
from backend.messages.models import Channel, Delivery, Fate, SuppressedAddress
from backend.outbox.services import ring_together, state

SETTLED = "message.settled"
"""Stated whenever the state of a delivery has changed, so that whoever asked for it may follow."""

BACK_OFF_MINUTES = (1, 2, 5, 15, 30, 60, 120, 240, 480)
CLAIM_MINUTES = 5
AGAIN_MINUTES = 5
RESERVED_AT_ONCE = 20
RESERVED_SECONDS = 5
AWAY_SECONDS = 60
ROUND_SECONDS = 2.0
"""How long one round of sending lasts, so that other work of the same worker gets its turn."""

State = Delivery.State
COLUMNS = "id, organisation_id, key, message_id, channel, recipient, language, subject, text, html"


@dataclass(slots=True)
class Held:
    """A message and its ticket; ``attempts`` and ``again`` once it is claimed."""

    delivery: Delivery
    ticket: dt.datetime


def send(delivery_id: int) -> bool:
    """Sends one message if it is its time; whether it was tried here and now."""
    return _carry(_reserve(1, delivery_id), time.monotonic() + ROUND_SECONDS) > 0


def send_due(seconds: float = ROUND_SECONDS) -> int:
    """Sends what is due, for so many seconds at most; how many were tried.

    The connections are kept from one message to the next.
    """
    until, tried = time.monotonic() + seconds, 0
    with keeping():
        while time.monotonic() < until and (held := _reserve(RESERVED_AT_ONCE)):
            tried += _carry(held, until)
    return tried


def claim(delivery_id: int) -> Delivery | None:
    """Claims one message, which its caller hands over at once; nothing, if it is not its time or somebody else's."""
    for held in _reserve(1, delivery_id):
        with scope.everything():
            if _claimed(held) is not None:
                return held.delivery
    return None


def _reserve(many: int, only: int | None = None) -> list[Held]:
    """Takes so many that are due; ends those that went out unanswered as often as they may, or are called off."""
    with scope.everything():
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                WITH moment AS MATERIALIZED (SELECT shugu_now() AS now),
                due AS (
                    SELECT id, state IN ('sending', 'unknown') AND (again OR called_off) AS over FROM delivery
                    WHERE next_try_at <= (SELECT now FROM moment) AND (%(only)s::bigint IS NULL OR id = %(only)s)
                    ORDER BY next_try_at, id LIMIT %(many)s FOR UPDATE SKIP LOCKED
                ),
                taken AS (
                    UPDATE delivery SET
                        next_try_at = CASE WHEN NOT due.over
                            THEN (SELECT now FROM moment) + make_interval(secs => %(seconds)s) END,
                        state = CASE WHEN due.over THEN 'unknown' ELSE state END,
                        fate = CASE WHEN due.over THEN 'unknown' ELSE fate END
                    FROM due WHERE delivery.id = due.id RETURNING delivery.*
                )
                SELECT next_try_at, {COLUMNS} FROM taken ORDER BY id
                """,
                {"only": only, "many": many, "seconds": RESERVED_SECONDS},
            )
            rows = cursor.fetchall()
        names = COLUMNS.split(", ")
        for row in rows:
            if row[0] is None:
                state(topic=SETTLED, subject_id=row[1])
        return [Held(Delivery(**dict(zip(names, row[1:], strict=True))), row[0]) for row in rows if row[0] is not None]


def _carry(held: Sequence[Held], until: float) -> int:
    """Hands over what is reserved, one after the other; how many were tried."""
    answered: tuple[Delivery, Answer] | None = None
    away: set[str] = set()
    off: list[Held] = []
    left: list[Held] = []
    tried = 0
    for one in held:
        if one.delivery.channel in away:
            off.append(one)
            continue
        if tried and time.monotonic() > until:
            left.append(one)
            continue
        with scope.everything():
            if answered is not None:
                _note(*answered)
                answered = None
            refused_before = _claimed(one)
        if refused_before is None:
            continue
        tried += 1
        if refused_before:
            answered = one.delivery, Answer(Fate.SUPPRESSED, refused_before)
            continue
        answered = one.delivery, carrier(one.delivery.channel)(one.delivery)
        if answered[1].away:
            away.add(one.delivery.channel)
    with scope.everything():
        if answered is not None:
            _note(*answered)
        _let_go(off, AWAY_SECONDS)
        _let_go(left, 0)
        ring_together(topic=SETTLED)
    return tried


def _claimed(held: Held) -> str | None:
    """Claims a reserved message: what its address was refused with before, or nothing, or None if it is not ours.

    A message that somebody withdraws at this moment is passed over and not waited for: what the server said to the one
    before is not written down yet.
    """
    delivery = held.delivery
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE delivery SET
                again = again OR state IN ('sending', 'unknown'), state = 'sending', attempts = attempts + 1,
                next_try_at = shugu_now() + make_interval(mins => %s)
            WHERE id = (SELECT id FROM delivery WHERE id = %s AND next_try_at = %s FOR UPDATE SKIP LOCKED)
            RETURNING attempts, again, coalesce((SELECT answer FROM suppressed_address WHERE address = %s), '')
            """,
            [
                CLAIM_MINUTES,
                delivery.pk,
                held.ticket,
                delivery.recipient.casefold() if delivery.channel == Channel.EMAIL else None,
            ],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    delivery.attempts, delivery.again, refused_before = row
    return str(refused_before)


def _let_go(held: Iterable[Held], seconds: int) -> None:
    """Gives back what was reserved and not touched, to be tried after so many seconds."""
    tickets = [(one.delivery.pk, one.ticket) for one in held]
    if not tickets:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE delivery SET next_try_at = shugu_now() + make_interval(secs => %s)"
            " FROM unnest(%s::bigint[], %s::timestamptz[]) AS held(id, ticket)"
            " WHERE delivery.id = held.id AND delivery.next_try_at = held.ticket",
            [seconds, [pk for pk, _ticket in tickets], [ticket for _pk, ticket in tickets]],
        )


def _note(delivery: Delivery, answer: Answer) -> None:
    """Writes down what came of a message, unless somebody has claimed it anew since."""
    seconds: float | None = None
    untried = 0
    if answer.fate == Fate.SENT:
        after = State.SENT
    elif answer.fate == Fate.UNKNOWN:
        after, seconds = State.UNKNOWN, None if delivery.again else AGAIN_MINUTES * 60
    elif answer.fate == Fate.LATER and answer.after is not None:
        after, seconds, untried = State.QUEUED, answer.after, 1
    elif answer.fate == Fate.LATER and delivery.attempts <= len(BACK_OFF_MINUTES):
        after, seconds = State.QUEUED, max(BACK_OFF_MINUTES[delivery.attempts - 1] * 60, answer.rest)
    else:
        after = State.FAILED
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE delivery SET
                fate = %(fate)s, answer = %(text)s, answered_at = shugu_now(), attempts = attempts - %(untried)s,
                state = CASE WHEN called_off AND %(state)s = 'queued' THEN 'withdrawn' ELSE %(state)s END,
                next_try_at = CASE WHEN NOT called_off THEN shugu_now() + make_interval(secs => %(seconds)s) END,
                sent_at = CASE WHEN %(state)s = 'sent' THEN shugu_now() ELSE sent_at END
            WHERE id = %(id)s AND state = 'sending' AND attempts = %(attempts)s
            """,
            {
                "fate": answer.fate.value,
                "text": answer.text[:500],
                "state": after.value,
                "seconds": seconds,
                "untried": untried,
                "id": delivery.pk,
                "attempts": delivery.attempts,
            },
        )
        noted = cursor.rowcount == 1
    if not noted:
        return
    if answer.suppress:
        delivery.answer = answer.text[:500]
        _suppress(delivery)
    state(topic=SETTLED, subject_id=delivery.pk, later=True)


@transaction.atomic
def _suppress(delivery: Delivery) -> None:
    address = delivery.recipient.casefold()
    _row, new = SuppressedAddress.objects.get_or_create(address=address, defaults={"answer": delivery.answer})
    if new:
        enter_audit(action="message.suppress", subject=delivery, detail={"address": address, "answer": delivery.answer})

"""Stating a topic in a transaction, and carrying it out once.

The effect is a row, written with what calls for it; the bell only says that it is there. ``attempts`` counts how often
carrying it out was begun, so that an effect that ends its worker is set aside like one that fails.
"""

import logging

from django.conf import settings
from django.db import connection

from backend.accounts import scope
from backend.audit.context import acting
from backend.bell import ring
from backend.failures import log_failure, told
from backend.faults import out_of_room
from backend.outbox import registry
from backend.outbox.models import Effect
from backend.outbox.registry import subscribe, subscribe_together
from backend.tracing import cause

__all__ = [
    "SET_ASIDE",
    "deliver",
    "deliver_together",
    "reconcile",
    "ring_together",
    "state",
    "subscribe",
    "subscribe_together",
]

logger = logging.getLogger(__name__)

SET_ASIDE = "effect.set_aside"
"""Stated about an effect that was given up, unless it was to tell of another one's."""

DELIVER = "outbox.deliver"
DELIVER_TOGETHER = "outbox.deliver_together"
TOGETHER = 500
ATTEMPTS = 8
RINGS_AT_ONCE = 500


def state(*, topic: str, subject_id: int, later: bool = False) -> None:
    """State ``topic`` about a subject, in the caller's transaction: one effect for each subscriber.

    Args:
        topic: what happened, as ``room.happened`` (``submission.committed``).
        subject_id: the id of the row it happened to.
        later: whoever takes many subjects together is not rung for; ``ring_together`` is called after the last.

    Raises:
        NoTransaction: there is no transaction that the effects would be written with.
    """
    scope.require_transaction()
    subscribers = registry.names(topic)
    if not subscribers:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO effect (topic, subscriber, subject_id, rung_at, attempts, error)"
            " SELECT %s, subscriber, %s, shugu_now(), 0, '' FROM unnest(%s::text[]) AS subscriber"
            " RETURNING id, subscriber",
            [topic, subject_id, subscribers],
        )
        effects = cursor.fetchall()
    for effect_id, subscriber in effects:
        if not later or registry.together(subscriber) is None:
            ring(DELIVER, effect_id)


def ring_together(*, topic: str) -> None:
    """Rings once for each subscriber who takes many subjects of ``topic`` together and has some waiting."""
    subscribers = [name for name in registry.names(topic) if registry.together(name) is not None]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(id) FROM effect WHERE done_at IS NULL AND set_aside_at IS NULL AND topic = %s"
            " AND subscriber = ANY(%s) GROUP BY subscriber",
            [topic, subscribers],
        )
        first = [row[0] for row in cursor.fetchall()]
    for effect_id in first:
        ring(DELIVER_TOGETHER, effect_id)


def deliver(effect_id: int) -> bool:
    """Carry out one effect; whether it was done here and now.

    Nothing happens to an effect that is done, set aside, or being carried out by somebody else.
    """
    effect = _begin(effect_id)
    if effect is None:
        return False
    handler = registry.handler(effect.topic, effect.subscriber)
    if handler is None:
        _failed(effect, f"There is no subscriber {effect.subscriber} any more.", for_good=True)
        return False
    if effect.attempts > ATTEMPTS:
        _failed(effect, effect.error or "Its worker died each time it was carried out.", for_good=True)
        return False
    try:
        with acting(action_id=cause()), scope.everything():
            if _waiting(effect_id) is None:
                return False
            handler(effect.subject_id)
            with connection.cursor() as cursor:
                cursor.execute("UPDATE effect SET done_at = shugu_now(), error = '' WHERE id = %s", [effect_id])
    except Exception as error:  # noqa: BLE001 - whatever a subscriber raises is kept on the effect and tried again
        log_failure(logger, f"Effect {effect_id} ({effect.topic}, {effect.subscriber})", error)
        no_room = out_of_room(error)
        _failed(effect, told(error), for_good=effect.attempts >= ATTEMPTS and not no_room, spared=no_room)
        return False
    return True


def deliver_together(effect_id: int) -> int:
    """Carry out this effect, and with it others that wait for the same subscriber; how many were done here and now.

    What somebody else is carrying out is passed over, as is what has failed before: it is tried by itself.
    """
    with scope.everything():
        effect = Effect.objects.filter(pk=effect_id).first()
    handler = registry.together(effect.subscriber) if effect is not None else None
    if effect is None or handler is None:
        return 0
    waiting: list[tuple[int, int]] = []
    try:
        with acting(), scope.everything(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, subject_id FROM effect WHERE done_at IS NULL AND set_aside_at IS NULL AND attempts = 0"
                " AND topic = %s AND subscriber = %s ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED",
                [effect.topic, effect.subscriber, TOGETHER],
            )
            waiting = cursor.fetchall()
            if waiting:
                handler(sorted({subject for _id, subject in waiting}))
                cursor.execute(
                    "UPDATE effect SET done_at = shugu_now(), attempts = 1 WHERE id = ANY(%s)",
                    [[one for one, _subject in waiting]],
                )
    except Exception as error:  # noqa: BLE001 - each is tried by itself, and keeps what it raised
        log_failure(logger, f"{len(waiting)} effects ({effect.topic}, {effect.subscriber}) together", error)
        for one, _subject in waiting:
            ring(DELIVER, one)
        return 0
    if len(waiting) == TOGETHER:
        with scope.everything():
            ring_together(topic=effect.topic)
    return len(waiting)


def reconcile() -> int:
    """Ring again for effects that are not done; how many.

    The time between two rings grows with the effect's age, from ``RING_AGAIN_SECONDS`` to a minute: a long queue is not
    rung for again and again, and a failing effect is not tried at once.
    """
    with scope.everything(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE effect SET rung_at = shugu_now() WHERE id IN ("
            "  SELECT id FROM effect"
            "  WHERE done_at IS NULL AND set_aside_at IS NULL AND ("
            "    rung_at IS NULL OR shugu_now() >= rung_at"
            "      + least(greatest(rung_at - stated_at, make_interval(secs => %s)), interval '60 s'))"
            "  ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED"
            ") RETURNING id",
            [settings.RING_AGAIN_SECONDS, RINGS_AT_ONCE],
        )
        waiting = sorted(row[0] for row in cursor.fetchall())
    for effect_id in waiting:
        ring(DELIVER, effect_id)
    return len(waiting)


def _begin(effect_id: int) -> Effect | None:
    """Count the attempt in a transaction of its own, so that it is counted even if it ends this worker."""
    with scope.everything():
        effect = _waiting(effect_id)
        if effect is not None:
            effect.attempts += 1
            effect.save(update_fields=["attempts"])
    return effect


def _waiting(effect_id: int) -> Effect | None:
    """Lock the effect, unless it is done, set aside or in somebody else's hands."""
    waiting = Effect.objects.filter(pk=effect_id, done_at=None, set_aside_at=None)
    return waiting.select_for_update(skip_locked=True).first()


def _failed(effect: Effect, error: str, *, for_good: bool, spared: bool = False) -> None:
    """Keep an error; an attempt that failed because a disk was full is ``spared``: it says nothing of the effect."""
    with scope.everything(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE effect SET error = %s, attempts = attempts - %s, set_aside_at = CASE WHEN %s THEN shugu_now() END"
            " WHERE id = %s AND done_at IS NULL",
            [error, int(spared), for_good, effect.pk],
        )
        if for_good and effect.topic != SET_ASIDE:
            state(topic=SET_ASIDE, subject_id=effect.pk)
    if for_good:
        logger.error("Effect %s (%s, %s) was set aside: %s", effect.pk, effect.topic, effect.subscriber, error)

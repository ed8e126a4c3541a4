"""Asking a partner about a submission or a record, and answering."""

import datetime as dt

from django.db import connection, transaction
from django.utils.translation import gettext as _

from backend import clock
from backend.accounts.models import User
from backend.accounts.scope import refuse_bound
from backend.audit.services import enter_audit
from backend.outbox.services import state
from backend.problems import Forbidden, Invalid
from backend.vault.masking import scrub
from programs.records.models import Record
from programs.records.threads import Thread, ThreadMessage
from programs.review.telling import SAID
from programs.submissions.models import Submission

LONGEST = 2000
QUIET_MINUTES = 15
"""The partner is written to once nobody of the bureau has said anything for so long."""
LATEST_MINUTES = 60
"""… and at the latest so long after the first message that it has not heard of."""

State = Thread.State


@transaction.atomic
def open_thread(
    *, actor: User, text: str, record: Record | None = None, submission: Submission | None = None
) -> Thread:
    """Asks a question about a record or a submission; the bureau asks its partner, or a partner the bureau.

    Args:
        actor: an officer, or a submitter of the organisation.
        text: the question.
        record, submission: one of them, which the actor may see.

    Raises:
        Forbidden: the actor may not write.
        Invalid: the text is missing or too long.
    """
    about = record or submission
    if about is None or (record and submission):
        raise ValueError("A thread is about a record or about a submission.")
    _refuse_others(actor, about.organisation_id)
    if submission is not None:
        refuse_bound(actor)
    said = _text(text)
    thread = Thread.objects.create(
        organisation_id=about.organisation_id,
        record=record,
        submission=submission,
        state=State.OPEN if actor.sees_everything else State.ANSWERED,
        opened_by=actor,
    )
    _add(thread, actor, said)
    enter_audit(
        action="thread.open",
        subject=thread,
        detail={"record": record.pk if record else None, "submission": submission.pk if submission else None},
        actor=actor,
    )
    return thread


@transaction.atomic
def say(*, actor: User, thread: Thread, text: str) -> ThreadMessage:
    """Says something in a thread; one that was closed is open again.

    Raises:
        Forbidden: the actor may not write.
        Invalid: the text is missing or too long.
    """
    _refuse_others(actor, thread.organisation_id)
    said = _text(text)
    held = _held(thread)
    held.state = State.OPEN if actor.sees_everything else State.ANSWERED
    held.closed_at, held.closed_by = None, None
    message = _add(held, actor, said)
    enter_audit(action="thread.say", subject=held, detail={"message": message.pk}, actor=actor)
    return message


@transaction.atomic
def close(*, actor: User, thread: Thread) -> Thread:
    """Closes a thread: nothing more is waited for. Closing twice changes nothing.

    Raises:
        Forbidden: only the bureau closes.
    """
    if actor.role != User.Role.OFFICER:
        raise Forbidden(_("The bureau closes a question once it is settled."))
    held = _held(thread)
    if held.state != State.CLOSED:
        held.state, held.closed_at, held.closed_by = State.CLOSED, clock.now(), actor
        held.mail_from = held.mail_at = None
        held.save()
        enter_audit(action="thread.close", subject=held, actor=actor)
    return held


@transaction.atomic
def read(*, actor: User, thread: Thread) -> None:
    """Notes that the actor has read all of a thread; of a partner who has, nobody of it is written to any more."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO thread_reading (thread_id, organisation_id, reader_id, read_to)
            SELECT %s, %s, %s, max(id) FROM thread_message WHERE thread_id = %s HAVING max(id) IS NOT NULL
            ON CONFLICT (thread_id, reader_id) DO UPDATE SET read_to = excluded.read_to
            WHERE thread_reading.read_to < excluded.read_to
            """,
            [thread.pk, thread.organisation_id, actor.pk, thread.pk],
        )
        if not actor.sees_everything and not actor.read_only:
            cursor.execute(
                "UPDATE thread SET mail_at = NULL, mail_from = NULL WHERE id = %s AND mail_at IS NOT NULL", [thread.pk]
            )


def may_write(actor: User, organisation_id: int) -> bool:
    """Whether ``actor`` may ask and answer in threads of an organisation."""
    if actor.role == User.Role.OFFICER:
        return True
    return actor.role == User.Role.PARTNER and not actor.read_only and actor.organisation_id == organisation_id


def _add(thread: Thread, actor: User, text: str) -> ThreadMessage:
    now = clock.now()
    message = ThreadMessage.objects.create(
        thread=thread,
        organisation_id=thread.organisation_id,
        text=text,
        by_bureau=actor.sees_everything,
        said_by=actor,
        said_at=now,
    )
    thread.moved_at = now
    if actor.sees_everything:
        # Put off by whatever else is said, but not for ever.
        thread.mail_from = thread.mail_from or now
        latest = thread.mail_from + dt.timedelta(minutes=LATEST_MINUTES)
        thread.mail_at = min(now + dt.timedelta(minutes=QUIET_MINUTES), latest)
    else:
        thread.mail_from = thread.mail_at = None
    thread.save()
    read(actor=actor, thread=thread)
    state(topic=SAID, subject_id=message.pk)
    return message


def _held(thread: Thread) -> Thread:
    return Thread.objects.select_for_update().get(pk=thread.pk)


def _refuse_others(actor: User, organisation_id: int) -> None:
    if not may_write(actor, organisation_id):
        raise Forbidden(_("Only the bureau's officers and the partner's own people write here."))


def _text(text: str) -> str:
    said = scrub(text.strip())
    if not said:
        raise Invalid([("text", "required", _("Write something; the other side reads it."))])
    if len(said) > LONGEST:
        raise Invalid([("text", "max_length", _("Say it in %(most)d characters at most.") % {"most": LONGEST})])
    return said

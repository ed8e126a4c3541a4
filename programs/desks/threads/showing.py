"""Threads as pages show them, on either side."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from backend.accounts.models import User
from programs.records.threads import Thread, ThreadMessage
from programs.review import selectors
from programs.review.threads import may_write
from talent.people.naming import shown_name

TONES = {Thread.State.OPEN: "missing", Thread.State.ANSWERED: "info", Thread.State.CLOSED: "done"}


def presented(rows: Sequence[Thread], actor: User) -> list[dict[str, Any]]:
    """Threads in lists: about what, how they stand, and whether there is something new for the reader."""
    unread = selectors.unread_among(actor, [row.pk for row in rows])
    return [
        {
            "thread": row,
            "about": about(row, actor),
            "about_url": about_url(row),
            "tone": TONES[Thread.State(row.state)],
            "label": state_of(row, actor),
            "unread": row.pk in unread,
        }
        for row in rows
    ]


def told(actor: User, rows: Sequence[Thread]) -> list[dict[str, Any]]:
    """Threads with all that was said, and whether the reader may go on writing."""
    return [
        {
            **one,
            "messages": [_said(message, actor) for message in selectors.messages(actor, one["thread"])],
            "may_write": may_write(actor, one["thread"].organisation_id),
            "may_close": actor.role == User.Role.OFFICER and one["thread"].state != Thread.State.CLOSED,
        }
        for one in presented(rows, actor)
    ]


def about(thread: Thread, actor: User) -> str:
    """What a thread is about, in words."""
    if thread.record is not None:
        values = {"id": thread.record_id, "name": shown_name(thread.record.person.name, actor)}
        return _("Record %(id)s, %(name)s") % values
    return _("Submission %(id)s") % {"id": thread.submission_id}


def about_url(thread: Thread) -> str:
    """The page of what it is about."""
    if thread.record_id:
        return reverse("web:record", args=[thread.record_id])
    return reverse("web:submission", args=[thread.submission_id])


def state_of(thread: Thread, actor: User) -> str:
    """How a thread stands, from the reader's side."""
    if actor.role == User.Role.PARTNER:
        return {
            Thread.State.OPEN: _("Waits for you"),
            Thread.State.ANSWERED: _("Waits for the bureau"),
            Thread.State.CLOSED: _("Closed"),
        }[Thread.State(thread.state)]
    return str(thread.get_state_display())


def _said(message: ThreadMessage, actor: User) -> dict[str, Any]:
    hidden = message.by_bureau and not actor.sees_everything
    return {
        "text": message.text,
        "at": message.said_at,
        "by": _("The bureau") if hidden else message.said_by.username,
        "by_bureau": message.by_bureau,
        "own": message.said_by_id == actor.pk,
    }

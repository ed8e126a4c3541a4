"""Which action is under way, and which had this task rung for: ids alone, known to everybody from the bell upwards."""

import uuid
from contextvars import ContextVar

under_way: ContextVar[uuid.UUID | None] = ContextVar("shugu_action_id", default=None)
"""The id of the action that somebody opened (``backend.audit.context.acting``), if one is open."""

FACTS = "shugu.facts"
"""Where a request's environment keeps what the web server's log says of its action."""

_cause: ContextVar[uuid.UUID | None] = ContextVar("shugu_cause", default=None)


def cause() -> uuid.UUID | None:
    """The action that had this task rung for, where whoever rang told it."""
    return _cause.get()


def caused_by(action_id: object) -> None:
    """Note, for the task that begins, what the bell told of the action that rang: an id, or nothing."""
    try:
        _cause.set(uuid.UUID(str(action_id)))
    except ValueError:
        _cause.set(None)

"""Who acts, from where, in which action: what every audit entry of a request, task or command shares."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Protocol

from backend import tracing


class Actor(Protocol):
    """What the trail notes of a user; a plain shape, so that the trail needs no accounts."""

    pk: int
    username: str
    role: str
    organisation_id: int


@dataclass(frozen=True)
class Action:
    """One action: its id, who acts (``None``: the system), from which address, whether somebody asked for it just
    now, by a page or the API, and which job it is carried out by."""

    id: uuid.UUID = field(default_factory=uuid.uuid4)
    user: Actor | None = None
    address: str | None = None
    asked: bool = False
    job: int | None = None


_current: ContextVar[Action | None] = ContextVar("shugu_action", default=None)


def current() -> Action:
    """The action under way; one of its own where nobody opened one."""
    return _current.get() or Action()


def under_way() -> Action | None:
    """The action that somebody opened, if one is open."""
    return _current.get()


@contextmanager
def acting(
    *,
    user: Actor | None = None,
    address: str | None = None,
    action_id: uuid.UUID | None = None,
    asked: bool = False,
    job: int | None = None,
) -> Iterator[Action]:
    """An action: everything audited inside bears its id, its user and its address.

    Args:
        user: who acts; ``None`` for the system.
        address: the client's address, where there is a client.
        asked: whether it is a request of the pages or the API.
        action_id: continues a known action, such as the request that queued a job; a new one otherwise.
        job: the id of the job that carries it out.
    """
    action = Action(id=action_id or uuid.uuid4(), user=user, address=address, asked=asked, job=job)
    token, traced = _current.set(action), tracing.under_way.set(action.id)
    try:
        yield action
    finally:
        _current.reset(token)
        tracing.under_way.reset(traced)


def acts_for(user: Actor) -> None:
    """Name the user of the action under way, once they are known."""
    _current.set(replace(current(), user=user))

"""Who carries out which topic."""

from collections.abc import Callable

Handler = Callable[[int], None]

_subscribers: dict[str, dict[str, Handler]] = {}


def subscribe(topic: str) -> Callable[[Handler], Handler]:
    """Register ``handler(subject_id)`` for ``topic``, in a room's ``handlers`` module.

    The handler runs in a transaction that sees everything, as the system; its effect commits together with the note
    that it was done, so it happens once. What it raises undoes it, and it is tried again later. Its full name is
    written on the effect, so renaming a handler needs a migration of what is still waiting.
    """

    def register(handler: Handler) -> Handler:
        _subscribers.setdefault(topic, {})[f"{handler.__module__}.{handler.__qualname__}"] = handler
        return handler

    return register


def names(topic: str) -> list[str]:
    """The subscribers of ``topic``."""
    return sorted(_subscribers.get(topic, {}))


def handler(topic: str, name: str) -> Handler | None:
    """The subscriber of ``topic`` called ``name``, if there still is one."""
    return _subscribers.get(topic, {}).get(name)

"""Who carries out which topic."""

from collections.abc import Callable, Sequence

Handler = Callable[[int], None]
ManyHandler = Callable[[Sequence[int]], None]

_subscribers: dict[str, dict[str, Handler]] = {}
_together: dict[str, ManyHandler] = {}


def subscribe(topic: str) -> Callable[[Handler], Handler]:
    """Register ``handler(subject_id)`` for ``topic``, in a room's ``handlers`` module.

    The handler runs in a transaction that sees everything, as the system; its effect commits together with the note
    that it was done, so it happens once. What it raises undoes it, and it is tried again later. Its full name is
    written on the effect, so renaming a handler needs a migration of what is still waiting.
    """

    def register(handler: Handler) -> Handler:
        _subscribers.setdefault(topic, {})[_name(handler)] = handler
        return handler

    return register


def subscribe_together(topic: str) -> Callable[[ManyHandler], ManyHandler]:
    """As ``subscribe``, for ``handler(subject_ids)``, which is given many subjects at once where many wait.

    If it raises, they are carried out one by one, so that one bad subject holds up no other.
    """

    def register(handler: ManyHandler) -> ManyHandler:
        _subscribers.setdefault(topic, {})[_name(handler)] = lambda subject_id: handler([subject_id])
        _together[_name(handler)] = handler
        return handler

    return register


def names(topic: str) -> list[str]:
    """The subscribers of ``topic``."""
    return sorted(_subscribers.get(topic, {}))


def handler(topic: str, name: str) -> Handler | None:
    """The subscriber of ``topic`` called ``name``, if there still is one."""
    return _subscribers.get(topic, {}).get(name)


def together(name: str) -> ManyHandler | None:
    """The subscriber called ``name``, if it takes many subjects at once."""
    return _together.get(name)


def _name(handler: Callable[..., None]) -> str:
    return f"{handler.__module__}.{handler.__qualname__}"

"""The ways by which messages go out, each of which is asked in one form what came of a message."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass

from backend.messages.models import Delivery, Fate


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it, and what the server said.

    ``suppress``: it is the address that was refused, and not us. ``away``: nobody was reached who could have taken any
    message of this channel, so that the others need not be tried in vain. ``after``: nothing was tried, because there
    is no room for so many seconds; it is no attempt. ``rest``: it was tried, and the server asks that it be not before
    so many seconds.
    """

    fate: Fate
    text: str
    suppress: bool = False
    away: bool = False
    after: float | None = None
    rest: float = 0.0


Transmit = Callable[[Delivery], Answer]
Keep = Callable[[], AbstractContextManager[None]]

_carriers: dict[str, Transmit] = {}
_keepers: dict[str, Keep] = {}


def carries(channel: str, *, keep: Keep | None = None) -> Callable[[Transmit], Transmit]:
    """Register ``transmit(delivery)`` for a channel: hands one message over and never raises for what a server does.

    Args:
        channel: which one.
        keep: a context within which the channel's connections outlast a message, where it has any.

    Raises:
        ValueError: another one carries the channel.
    """

    def register(transmit: Transmit) -> Transmit:
        if _carriers.setdefault(channel, transmit) is not transmit:
            raise ValueError(f"Two ways for messages by “{channel}”.")
        if keep is not None:
            _keepers[channel] = keep
        return transmit

    return register


def carrier(channel: str) -> Transmit:
    """Who carries a channel's messages.

    Raises:
        LookupError: nobody.
    """
    return _carriers[channel]


@contextmanager
def keeping() -> Iterator[None]:
    """Within it every channel keeps its connections from one message to the next; they are closed on the way out."""
    with ExitStack() as kept:
        for keep in _keepers.values():
            kept.enter_context(keep())
        yield

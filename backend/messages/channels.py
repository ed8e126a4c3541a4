"""The ways by which messages go out, each of which is asked in one form what came of a message."""

from collections.abc import Callable
from dataclasses import dataclass

from backend.messages.models import Delivery, Fate


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it, and what the server said.

    ``suppress``: it is the address that was refused, and not us. ``after``: nothing was tried, because there is no room
    for so many seconds; it is no attempt.
    """

    fate: Fate
    text: str
    suppress: bool = False
    after: float | None = None


Transmit = Callable[[Delivery], Answer]

_carriers: dict[str, Transmit] = {}


def carries(channel: str) -> Callable[[Transmit], Transmit]:
    """Register ``transmit(delivery)`` for a channel: hands one message over and never raises for what a server does.

    Raises:
        ValueError: another one carries the channel.
    """

    def register(transmit: Transmit) -> Transmit:
        if _carriers.setdefault(channel, transmit) is not transmit:
            raise ValueError(f"Two ways for messages by “{channel}”.")
        return transmit

    return register


def carrier(channel: str) -> Transmit:
    """Who carries a channel's messages.

    Raises:
        LookupError: nobody.
    """
    return _carriers[channel]

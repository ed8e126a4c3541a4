"""What reminders do when something has happened elsewhere."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as lazy

from backend.messages.endpoints.events import offer
from backend.outbox.services import subscribe, subscribe_together
from programs.reminders import services, telling

offer(telling.SENT, lazy("A reminder was sent"))


@subscribe("obligation.expected")
def lay_out(_obligation_id: int) -> None:
    """What is newly owed has its ladder at once, and what is due of it goes out; beat would do so within a minute."""
    services.tick(wait=True)


@subscribe("obligation.settled")
def call_off(obligation_id: int) -> None:
    """Nobody is reminded of what is not owed any more."""
    services.call_off(obligation_id=obligation_id)


@subscribe_together("message.settled")
def follow(delivery_ids: Sequence[int]) -> None:
    """A reminder's state follows its message's."""
    services.follow(delivery_ids=delivery_ids)

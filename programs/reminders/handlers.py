"""What reminders do when something has happened elsewhere."""

from backend.outbox.services import subscribe
from programs.reminders import services


@subscribe("obligation.settled")
def call_off(obligation_id: int) -> None:
    """Nobody is reminded of what is not owed any more."""
    services.call_off(obligation_id=obligation_id)


@subscribe("message.settled")
def follow(delivery_id: int) -> None:
    """A reminder's state follows its message's."""
    services.follow(delivery_id=delivery_id)

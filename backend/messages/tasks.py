"""The messages' tasks: each fetches by id and calls its service."""

from celery import shared_task

from backend.messages import services


@shared_task(name="messages.send")
def send(delivery_id: int) -> None:
    """Send one message."""
    services.send(delivery_id)


@shared_task(name="messages.send_due")
def send_due() -> None:
    """Send what is due; what a round has not come to goes on behind whatever else waits."""
    services.send_due()
    services.reconcile()


@shared_task(name="messages.reconcile")
def reconcile() -> None:
    """Ring again for messages whose time has come."""
    services.reconcile()

"""The task that beat rings for every hour: the messages' keys say what was told."""

from celery import shared_task

from backend.expiring import services


@shared_task(name="expiring.remind")
def remind() -> None:
    """Tell the owners of tokens that end soon."""
    services.remind()

"""The outbox's tasks: each fetches by id and calls its service."""

from celery import shared_task

from backend.outbox import services


@shared_task(name="outbox.deliver")
def deliver(effect_id: int) -> None:
    """Carry out one effect."""
    services.deliver(effect_id)


@shared_task(name="outbox.deliver_together")
def deliver_together(effect_id: int) -> None:
    """Carry out an effect and its like."""
    services.deliver_together(effect_id)


@shared_task(name="outbox.reconcile")
def reconcile() -> None:
    """Ring again for effects whose bell was lost or that failed."""
    services.reconcile()

"""The reminders' task."""

from celery import shared_task

from programs.reminders import services


@shared_task(name="reminders.tick")
def tick() -> None:
    """Lay out ladders and hand over what is due."""
    services.tick()

"""The task that beat rings for every hour: the rows say whether there is anything to be destroyed."""

from celery import shared_task

from programs.disposal import services


@shared_task(name="disposal.nightly")
def nightly() -> None:
    """Have what is due destroyed, once a night."""
    services.queue_nightly()

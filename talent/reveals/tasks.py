"""The task that beat rings for every hour: the rows say whether there is anything to be told."""

from celery import shared_task

from talent.reveals import services


@shared_task(name="reveals.digest")
def digest() -> None:
    """Tell administrators of the reveals of the weeks that are over."""
    services.tell()

"""The submissions' task."""

from celery import shared_task

from programs.submissions import practising


@shared_task(name="submissions.purge_practice")
def purge_practice() -> None:
    """Have what was only for practice removed once its days are over; beat calls every hour."""
    practising.purge()

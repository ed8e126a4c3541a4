"""The task that beat rings for every hour; what was told already is not told again."""

from celery import shared_task

from programs.privacy import daily


@shared_task(name="privacy.daily")
def every_day() -> None:
    """Tell officers of requests that are due, and destroy copies whose time is over."""
    daily.run()

"""The periods' task."""

from celery import shared_task

from programs.periods import expected


@shared_task(name="obligations.expect")
def expect() -> None:
    """Bring the obligations in step with periods, programmes and submissions, whatever was missed."""
    expected.expect_obligations()

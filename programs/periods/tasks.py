"""The periods' task."""

from celery import shared_task

from backend.accounts import scope
from programs.periods import expected
from programs.periods.recounting import recount_due_days


@shared_task(name="obligations.expect")
def expect() -> None:
    """Bring due days in step with the holidays that are known by now, and obligations with whatever was missed."""
    with scope.everything():
        recount_due_days(actor=None)
    expected.expect_obligations()

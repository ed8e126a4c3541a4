"""The organisations' task."""

from celery import shared_task

from backend.accounts import scope
from backend.accounts.history import services


@shared_task(name="organisations.follow")
def follow() -> None:
    """Bring every organisation's names and parent in step with what is in force since midnight."""
    with scope.everything():
        services.bring_up_to_date()

"""The roster's tasks: whatever they are told, the marks in the database say whose entries are to be made anew."""

from celery import shared_task

from backend.jobs.behind import behind
from programs.roster import services


@shared_task(name="roster.refresh")
@behind
def refresh(*_person_ids: int) -> None:
    """Make the entries of all marked persons anew."""
    services.refresh(polite=True)


@shared_task(name="roster.reconcile")
@behind
def reconcile() -> None:
    """Make those anew whose bell was lost, or whose refresher left off or died."""
    services.refresh(polite=True)

"""The roster's tasks: whatever they are told, the marks in the database say whose entries are to be made anew."""

from celery import shared_task

from backend import locks
from backend.jobs.services import BEHIND
from programs.roster import services


@shared_task(name="roster.refresh")
def refresh(*_person_ids: int) -> None:
    """Make the entries of all marked persons anew."""
    _refresh()


@shared_task(name="roster.reconcile")
def reconcile() -> None:
    """Make those anew whose bell was lost, or whose refresher left off or died."""
    _refresh()


def _refresh() -> None:
    with locks.alone(BEHIND) as mine:
        if mine:
            services.refresh(polite=True)

"""The targets' tasks: whatever they are told, the marks in the database say what is to be settled."""

import logging

from celery import shared_task

from backend.jobs.behind import behind
from programs.targets import explaining, milestones, recounting, services
from programs.targets.landing import services as landing

logger = logging.getLogger(__name__)


@shared_task(name="targets.settle")
def settle(*_person_ids: int) -> None:
    """Settle all marked persons. Ids may be given by whoever rings, and are not needed."""
    _settle()


@shared_task(name="targets.reconcile")
def reconcile() -> None:
    """Settle marked persons whose bell was lost or whose settler died."""
    _settle()


@shared_task(name="targets.explain")
@behind
def explain(*_ids: int) -> None:
    """Work out what stands in the gap."""
    explaining.explain(polite=True)


@shared_task(name="targets.milestones")
@behind
def set_milestones() -> None:
    """Write the cube down where enough has been posted since it was last."""
    milestones.set_milestones()


@shared_task(name="targets.land")
def land() -> None:
    """Have it worked out where every live target will land; the rows say whether that was done today."""
    landing.start_nightly()


@shared_task(name="targets.recount")
def recount_nightly() -> None:
    """Have everybody counted afresh, once a night; beat calls every hour, so that no night is lost to an outage."""
    recounting.queue_nightly()


def _settle() -> None:
    done = services.settle()
    if done.marks:
        logger.info(
            "Settled %s persons of %s marks: %s counted, %s taken back.",
            done.persons,
            done.marks,
            done.counted,
            done.taken_back,
        )

"""The tasks that beat rings for: the rows say what is to be sealed and whether the night's examination was made."""

from celery import shared_task

from backend import locks
from backend.accounts.scope import everything
from backend.chain import sealing, services


@shared_task(name="audit.seal")
def seal() -> None:
    """Seal what is new on the trail; whoever seals already does it for all."""
    with everything():
        free = locks.try_hold(sealing.TURN)
    if free:
        sealing.seal()


@shared_task(name="audit.nightly")
def nightly() -> None:
    """Have the whole trail examined, once a night; beat calls every hour, so that no night is lost to an outage."""
    services.queue_nightly()

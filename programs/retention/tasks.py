"""The tasks of retention: whatever they are told, the rows say what is to be done."""

from celery import shared_task

from backend.jobs.behind import behind
from programs.retention import expecting, laying_out


@shared_task(name="retention.lay_out")
@behind
def lay_out(*_ids: int) -> None:
    """Work out whom to ask after anew, of those whose standing was settled."""
    laying_out.lay_out(polite=True)


@shared_task(name="retention.expect")
def expect() -> None:
    """Bring what is owed in step with the questions, with whatever was missed."""
    expecting.expect()

"""The job of briefings, and what follows when one is made."""

from typing import Any

from backend.jobs.services import Run, handles
from backend.outbox.services import subscribe
from programs.briefings.selectors import MAKE


@handles(MAKE)
def make(run: Run) -> dict[str, Any]:
    """Makes the files of the briefing that the job is about."""
    # Not above: figures bring in numpy, which a worker's pool need not be forked with.
    from programs.briefings.making import make as made

    return made(run)


@subscribe("briefing.made")
def send(briefing_id: int) -> None:
    """Sends it to those whose schedules have issued it."""
    from programs.briefings.mailing import send_made

    send_made(briefing_id)

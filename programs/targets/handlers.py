"""The jobs of targets, and what they do when something was reported."""

from typing import Any

from backend.jobs.services import Run, handles
from backend.outbox.services import subscribe
from programs.targets import explaining, recounting
from programs.targets.landing import services as landing
from programs.targets.previewing import work_out
from programs.targets.previews import PREVIEW


@handles(PREVIEW)
def work_out_preview(run: Run) -> dict[str, Any]:
    """Works out what a plan file would do."""
    return work_out(run)


@subscribe("submission.committed")
def note_reported(submission_id: int) -> None:
    """What a submission that was taken has reported stands in the gap as soon as that has come to it."""
    explaining.mark_reported(submission_id=submission_id)


@handles(landing.LANDING)
def work_out_landing(run: Run) -> dict[str, Any]:
    """Works out where a target will land."""
    return landing.work_out(run)


@handles(recounting.RECOUNT)
def count_afresh(run: Run) -> dict[str, Any]:
    """Counts everybody afresh and keeps what came of it."""
    return recounting.count_afresh(run)

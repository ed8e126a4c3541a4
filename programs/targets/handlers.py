"""The jobs of targets."""

from typing import Any

from backend.jobs.services import Run, handles
from programs.targets import recounting
from programs.targets.previewing import work_out
from programs.targets.previews import PREVIEW


@handles(PREVIEW)
def work_out_preview(run: Run) -> dict[str, Any]:
    """Works out what a plan file would do."""
    return work_out(run)


@handles(recounting.RECOUNT)
def count_afresh(run: Run) -> dict[str, Any]:
    """Counts everybody afresh and keeps what came of it."""
    return recounting.count_afresh(run)

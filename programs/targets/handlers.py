"""The jobs of targets."""

from typing import Any

from backend.jobs.services import Run, handles
from programs.targets.landing import services as landing
from programs.targets.previewing import work_out
from programs.targets.previews import PREVIEW


@handles(PREVIEW)
def work_out_preview(run: Run) -> dict[str, Any]:
    """Works out what a plan file would do."""
    return work_out(run)


@handles(landing.LANDING)
def work_out_landing(run: Run) -> dict[str, Any]:
    """Works out where a target will land."""
    return landing.work_out(run)

"""The jobs of lists."""

from typing import Any

from backend.jobs.services import Run, handles
from programs.checklists.services import CHECK_LIST, answer


@handles(CHECK_LIST)
def check(run: Run) -> dict[str, Any]:
    """Answers the job's list."""
    if run.job.subject_id is None:
        raise ValueError(f"job {run.job.pk} names no list")
    return answer(run, run.job.subject_id)

"""Who does the stretches of a rotation."""

from typing import Any

from backend.jobs.services import Run, handles
from backend.rotation import services


@handles(services.ROTATE)
def rotate(run: Run) -> dict[str, Any]:
    """One stretch of a rotation."""
    return services.work(run)

"""The job of alerts, and what they do when a recount was made."""

from typing import Any

from backend.accounts.scope import everything
from backend.jobs.services import Run, handles
from backend.outbox.services import subscribe
from programs.alerts import services
from programs.alerts.models import Alert


@handles(services.EVALUATE)
def evaluate(run: Run) -> dict[str, Any]:
    """Looks for every condition."""
    with everything():
        run.hold()
        return services.evaluate().as_dict()


@subscribe("targets.recounted")
def recounted(_result_id: int) -> None:
    """A recount that differs is told at once, and one that agrees again clears it."""
    services.evaluate([Alert.Kind.RECOUNT])

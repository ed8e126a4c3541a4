"""The jobs of the chain."""

from typing import Any

from backend.chain import services
from backend.chain.models import AuditAnchor
from backend.jobs.services import Run, handles


@handles(services.EXAMINE)
def examine(run: Run) -> dict[str, Any]:
    """Examines the whole trail."""
    return services.carry_out(run)


@handles(services.ANCHOR)
def anchor(run: Run) -> dict[str, Any]:
    """Gives the head out, because something was published."""
    given = services.anchor(occasion=AuditAnchor.Occasion.PUBLISHED, run=run)
    return {"anchor": given.pk if given else None}

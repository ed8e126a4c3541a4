"""Reading snapshots. They are the bureau's: a partner sees none of them."""

from django.db.models import QuerySet

from backend.accounts.models import User
from backend.accounts.scope import visible
from programs.snapshots.models import Snapshot


def snapshots(actor: User | None) -> QuerySet[Snapshot]:
    """Everything that was published, with its plan and the one before it."""
    found = Snapshot.objects.select_related("plan", "previous").defer("previous__content")
    return visible(found, actor) if actor is None or actor.sees_everything else found.none()

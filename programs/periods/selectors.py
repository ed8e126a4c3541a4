"""What a user may see of periods."""

from django.db.models import QuerySet

from backend.accounts.models import User
from programs.periods.models import Period


def periods(actor: User | None) -> QuerySet[Period]:
    """Every period, to anybody who has signed in: all report by the same ones."""
    if actor is None or not actor.is_authenticated:
        return Period.objects.none()
    return Period.objects.all()

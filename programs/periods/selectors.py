"""What a user may see of periods and obligations."""

from django.db.models import QuerySet

from backend.accounts import scope
from backend.accounts.models import User
from programs.periods.models import Obligation, Period


def periods(actor: User | None) -> QuerySet[Period]:
    """Every period, to anybody who has signed in: all report by the same ones."""
    if actor is None or not actor.is_authenticated:
        return Period.objects.none()
    return Period.objects.all()


def obligations(actor: User | None) -> QuerySet[Obligation]:
    """The obligations that ``actor`` may see: a partner its own organisation's, bureau staff all."""
    return scope.visible(Obligation.objects.select_related("organisation", "period"), actor)

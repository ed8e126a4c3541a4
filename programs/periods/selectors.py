"""What a user may see of periods and obligations."""

from django.db.models import Q, QuerySet

from backend.accounts import scope
from backend.accounts.models import User
from programs.catalogue.models import ProgrammeOrganisation
from programs.periods.models import Obligation, Period, PeriodScheme


def periods(actor: User | None) -> QuerySet[Period]:
    """The plain periods, to anybody who has signed in, and a scheme's to whom it covers; bureau staff see all."""
    rows = Period.objects.select_related("scheme")
    if actor is None or not actor.is_authenticated:
        return rows.none()
    if actor.sees_everything:
        return rows
    return rows.filter(Q(scheme=None) | Q(scheme__in=schemes(actor).order_by().values("pk")))


def schemes(actor: User | None) -> QuerySet[PeriodScheme]:
    """The schemes that ``actor`` may know of: a partner those that cover it, bureau staff all."""
    rows = PeriodScheme.objects.select_related("programme", "organisation")
    if actor is None or not actor.is_authenticated:
        return rows.none()
    if actor.sees_everything:
        return rows
    whose = scope.seen_by(actor)
    taking_part = ProgrammeOrganisation.objects.filter(organisation__in=whose).values("programme")
    return rows.filter(Q(organisation__in=whose) | Q(programme__in=taking_part))


def obligations(actor: User | None) -> QuerySet[Obligation]:
    """The obligations that ``actor`` may see: a partner its own organisation's, bureau staff all."""
    return scope.visible(Obligation.objects.select_related("organisation", "period"), actor)

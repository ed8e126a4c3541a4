"""What a user may see of programmes and cohorts."""

from django.db.models import Prefetch, QuerySet

from backend.accounts import scope
from backend.accounts.models import Organisation, User
from programs.catalogue.models import Cohort, Programme


def programmes(actor: User | None) -> QuerySet[Programme]:
    """The programmes that ``actor`` may see: a partner those it takes part in, bureau staff all.

    ``organisations`` comes along, by code: for a partner its own alone, so that it learns of nobody else.
    """
    return scope.visible(Programme.objects.all(), actor, "organisations").prefetch_related(
        Prefetch("organisations", scope.visible(Organisation.objects.order_by("code"), actor, "pk"))
    )


def cohorts(actor: User | None) -> QuerySet[Cohort]:
    """The cohorts that ``actor`` may see: a partner its own, bureau staff all."""
    return scope.visible(Cohort.objects.select_related("programme", "organisation"), actor)

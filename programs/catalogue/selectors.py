"""What a user may see of programmes and cohorts."""

from django.db.models import Prefetch, QuerySet

from backend.accounts import scope
from backend.accounts.models import Organisation, User
from programs.catalogue.models import BudgetLine, Cohort, CohortRequest, Programme, ProgrammeOrganisation


def programmes(actor: User | None) -> QuerySet[Programme]:
    """The programmes that ``actor`` may see: a partner those it takes part in, bureau staff all.

    ``organisations`` comes along, by code: for a partner its own alone, so that it learns of nobody else.
    """
    rows = scope.visible(Programme.objects.all(), actor, "organisations")
    if actor is not None and actor.parts:
        taking_part = ProgrammeOrganisation.objects.filter(organisation__in=scope.seen_by(actor))
        rows = Programme.objects.filter(pk__in=taking_part.values("programme"))
    return rows.prefetch_related(
        Prefetch("organisations", scope.visible(Organisation.objects.order_by("code"), actor, "pk")),
        "areas",
        "requirements",
    )


def cohorts(actor: User | None) -> QuerySet[Cohort]:
    """The cohorts that ``actor`` may see: a partner its own, bureau staff all."""
    return scope.visible(Cohort.objects.select_related("programme", "organisation"), actor)


def budget_lines(actor: User | None) -> QuerySet[BudgetLine]:
    """The budget lines that ``actor`` may see: a partner those of its own cohorts, bureau staff all."""
    return scope.visible(BudgetLine.objects.select_related("programme", "cohort"), actor, "cohort__organisation")


def cohort_requests(actor: User | None) -> QuerySet[CohortRequest]:
    """The cohorts asked for that ``actor`` may see: a partner its own organisation's, bureau staff all."""
    asked = CohortRequest.objects.select_related("organisation", "programme", "cohort", "asked_by")
    return scope.visible(asked, actor)

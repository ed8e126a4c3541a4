"""Filters of call notes."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as lazy
from django_filters import rest_framework as filters

from backend.lists.filters import StrictFilterSet
from programs.contacting import selectors
from programs.contacting.models import CallNote
from programs.periods.filters import ObligationFilter
from programs.periods.models import Obligation


class CallNoteFilter(StrictFilterSet):
    """By organisation, period, outcome, who noted it, when, the day promised, and whether the promise is broken."""

    organisation = filters.CharFilter(field_name="organisation__code")
    period = filters.CharFilter(field_name="subjects__period__code", distinct=True)
    outcome = filters.MultipleChoiceFilter(choices=CallNote.Outcome.choices)
    noted_by = filters.CharFilter(field_name="noted_by__username")
    since = filters.DateFilter(field_name="noted_at", lookup_expr="date__gte")
    until = filters.DateFilter(field_name="noted_at", lookup_expr="date__lte")
    promised_from = filters.DateFilter(field_name="promised_on", lookup_expr="gte")
    promised_to = filters.DateFilter(field_name="promised_on", lookup_expr="lte")
    broken = filters.BooleanFilter(method="by_broken")

    class Meta:
        model = CallNote
        fields: list[str] = []

    def by_broken(self, rows: QuerySet[CallNote], _name: str, value: Any) -> QuerySet[CallNote]:
        found = selectors.broken(rows)
        return found if value else rows.exclude(pk__in=found.order_by().values("pk"))


class ChaseFilter(ObligationFilter):
    """Obligations as their own filters have them, and by what was promised of them on the telephone."""

    promise = filters.ChoiceFilter(
        method="by_promise", choices=[("broken", lazy("Broken")), ("open", lazy("Still to be kept"))]
    )

    def by_promise(self, rows: QuerySet[Obligation], _name: str, value: str) -> QuerySet[Obligation]:
        promised = selectors.with_promises(rows).filter(state=Obligation.State.MISSING, promised_on__isnull=False)
        if value == "broken":
            return promised.filter(urgency=selectors.BROKEN_FIRST)
        return promised.exclude(urgency=selectors.BROKEN_FIRST)

"""Filters of scorecards: which reports are looked at."""

from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django_filters import rest_framework as filters

from backend.accounts.models import Organisation
from backend.lists.filters import StrictFilterSet
from programs.periods.models import Obligation, Period
from programs.periods.rates import REPORTS, due_over


class ScorecardFilter(StrictFilterSet):
    """By organisation and its kind, period, frequency, due day, and each organisation's latest of a frequency."""

    organisation = filters.CharFilter(field_name="organisation__code")
    kind = filters.MultipleChoiceFilter(field_name="organisation__kind", choices=Organisation.Kind.choices)
    period = filters.CharFilter(field_name="period__code")
    frequency = filters.MultipleChoiceFilter(field_name="period__frequency", choices=Period.Frequency.choices)
    due_from = filters.DateFilter(field_name="due_on", lookup_expr="gte")
    due_to = filters.DateFilter(field_name="due_on", lookup_expr="lte")
    latest = filters.BooleanFilter(method="by_latest")

    class Meta:
        model = Obligation
        fields: list[str] = []

    def by_latest(self, rows: QuerySet[Obligation], _name: str, value: Any) -> QuerySet[Obligation]:
        own = {name: OuterRef(name) for name in ("organisation", "period__frequency")}
        same = due_over(Obligation.objects.filter(REPORTS, **own))
        last = Subquery(same.order_by("-period__ends_on", "-due_on", "-pk").values("pk")[:1])
        rows = rows.alias(last_due=last)
        return rows.filter(pk=F("last_due")) if value else rows.exclude(pk=F("last_due"))

"""Filters of periods."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from backend.api.filters import StrictFilterSet
from programs.periods.models import Period


class PeriodFilter(StrictFilterSet):
    """By code, frequency, a day within the period, spans of its end and due day, and whether it is locked."""

    code = filters.CharFilter()
    frequency = filters.MultipleChoiceFilter(choices=Period.Frequency.choices)
    on = filters.DateFilter(method="within")
    ends_from = filters.DateFilter(field_name="ends_on", lookup_expr="gte")
    ends_to = filters.DateFilter(field_name="ends_on", lookup_expr="lte")
    due_from = filters.DateFilter(field_name="due_on", lookup_expr="gte")
    due_to = filters.DateFilter(field_name="due_on", lookup_expr="lte")
    locked = filters.BooleanFilter(field_name="locked_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = Period
        fields: list[str] = []

    def within(self, queryset: QuerySet, name: str, day: object) -> QuerySet:
        return queryset.filter(starts_on__lte=day, ends_on__gte=day)

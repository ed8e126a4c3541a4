"""Filters of alerts."""

from django_filters import rest_framework as filters

from backend.lists.filters import StrictFilterSet
from programs.alerts.models import Alert


class AlertFilter(StrictFilterSet):
    """By kind, subject, whether it still lasts, whether somebody has seen to it, and a span of days."""

    kind = filters.MultipleChoiceFilter(choices=Alert.Kind.choices)
    subject = filters.CharFilter()
    open = filters.BooleanFilter(field_name="cleared_at", lookup_expr="isnull")
    acknowledged = filters.BooleanFilter(field_name="acknowledged_at", lookup_expr="isnull", exclude=True)
    raised_from = filters.DateFilter(field_name="raised_at", lookup_expr="date__gte")
    raised_to = filters.DateFilter(field_name="raised_at", lookup_expr="date__lte")

    class Meta:
        model = Alert
        fields: list[str] = []

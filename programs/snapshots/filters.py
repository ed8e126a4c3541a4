"""Filters of snapshots."""

from django_filters import rest_framework as filters

from backend.lists.filters import StrictFilterSet
from programs.snapshots.models import Snapshot


class SnapshotFilter(StrictFilterSet):
    """By plan, who published, a span of the days that figures are of, and a span of the days they were published on.

    All days are the bureau's, both ends included.
    """

    plan = filters.CharFilter(field_name="plan__code")
    published_by = filters.CharFilter(field_name="publisher")
    as_of_from = filters.DateFilter(field_name="as_of", lookup_expr="gte")
    as_of_to = filters.DateFilter(field_name="as_of", lookup_expr="lte")
    published_from = filters.DateFilter(field_name="published_at", lookup_expr="date__gte")
    published_to = filters.DateFilter(field_name="published_at", lookup_expr="date__lte")

    class Meta:
        model = Snapshot
        fields: list[str] = []

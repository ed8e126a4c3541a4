"""Filters of calendar feeds."""

from django_filters import rest_framework as filters

from backend.lists.filters import StrictFilterSet
from programs.feeds.models import CalendarFeed


class FeedFilter(StrictFilterSet):
    """By organisation, and whether the address still opens."""

    organisation = filters.CharFilter(field_name="organisation__code")
    live = filters.BooleanFilter(field_name="revoked_at", lookup_expr="isnull")

    class Meta:
        model = CalendarFeed
        fields: list[str] = []

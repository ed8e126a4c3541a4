"""Filters of an inbox."""

from django_filters import rest_framework as filters

from backend.lists.filters import StrictFilterSet
from backend.messages.inbox.models import InboxMessage


class InboxFilter(StrictFilterSet):
    """Messages by whether they are read, a part of the subject, and the days they came."""

    unread = filters.BooleanFilter(field_name="read_at", lookup_expr="isnull")
    search = filters.CharFilter(field_name="delivery__subject", lookup_expr="icontains")
    since = filters.DateFilter(field_name="created_at", lookup_expr="date__gte")
    until = filters.DateFilter(field_name="created_at", lookup_expr="date__lte")

    class Meta:
        model = InboxMessage
        fields: list[str] = []

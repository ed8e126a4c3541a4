"""Filters of suppressed addresses."""

from django_filters import rest_framework as filters

from backend.lists.filters import StrictFilterSet
from backend.messages.models import SuppressedAddress


class SuppressedFilter(StrictFilterSet):
    """Addresses by a part of them."""

    search = filters.CharFilter(field_name="address", lookup_expr="icontains")

    class Meta:
        model = SuppressedAddress
        fields: list[str] = []

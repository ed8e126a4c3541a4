"""Filters of saved views."""

from django_filters import rest_framework as filters

from backend.lists.filters import StrictFilterSet
from backend.saved_views.models import SavedView


class SavedViewFilter(StrictFilterSet):
    """By list."""

    list = filters.CharFilter(field_name="list")

    class Meta:
        model = SavedView
        fields: list[str] = []

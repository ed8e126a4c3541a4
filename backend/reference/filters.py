"""Filters of codes."""

from django_filters import rest_framework as filters

from backend.lists.filters import StrictFilterSet
from backend.reference.models import Code
from backend.reference.tables import TABLES


class CodeFilter(StrictFilterSet):
    """By table, code, and whether it is a heading."""

    table = filters.ChoiceFilter(choices=[(table, table) for table in TABLES])
    code = filters.CharFilter()
    is_group = filters.BooleanFilter()

    class Meta:
        model = Code
        fields: list[str] = []

"""Filters of endpoints."""

from django_filters import rest_framework as filters

from backend.lists.filters import StrictFilterSet
from backend.messages.endpoints.models import Endpoint


class EndpointFilter(StrictFilterSet):
    """Endpoints by kind, owner, a part of the name, and whether they are on."""

    kind = filters.ChoiceFilter(choices=Endpoint.Kind.choices)
    organisation = filters.CharFilter(field_name="organisation__code")
    search = filters.CharFilter(field_name="name", lookup_expr="icontains")
    active = filters.BooleanFilter()

    class Meta:
        model = Endpoint
        fields: list[str] = []

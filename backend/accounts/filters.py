"""Filters of organisations and users."""

from django.db.models import Q, QuerySet
from django_filters import rest_framework as filters

from backend.accounts.models import Organisation, User
from backend.lists.filters import StrictFilterSet


class OrganisationFilter(StrictFilterSet):
    """Organisations by code, kind, parent, or a part of their names."""

    code = filters.CharFilter()
    kind = filters.ChoiceFilter(choices=Organisation.Kind.choices)
    parent = filters.CharFilter(field_name="parent__code")
    school_code = filters.CharFilter()
    uscc = filters.CharFilter()
    search = filters.CharFilter(method="by_name", label="Part of the code or of a name")

    class Meta:
        model = Organisation
        fields: list[str] = []

    def by_name(self, queryset: QuerySet[Organisation], name: str, value: str) -> QuerySet[Organisation]:
        return queryset.filter(Q(code__icontains=value) | Q(name_zh__icontains=value) | Q(name_en__icontains=value))


class UserFilter(StrictFilterSet):
    """Users by name, role, organisation, or whether they may still sign in."""

    username = filters.CharFilter()
    role = filters.ChoiceFilter(choices=User.Role.choices)
    organisation = filters.CharFilter(field_name="organisation__code")
    read_only = filters.BooleanFilter()
    is_active = filters.BooleanFilter()

    class Meta:
        model = User
        fields: list[str] = []

"""Filters of programmes and cohorts."""

from django.db.models import Q, QuerySet
from django_filters import rest_framework as filters

from backend.lists.filters import StrictFilterSet
from programs.catalogue.models import BudgetLine, Cohort, CohortRequest, Path, Programme


class ProgrammeFilter(StrictFilterSet):
    """By code, path, organisation taking part, segment, source of money, days in their span, and words (``q``)."""

    code = filters.CharFilter()
    path = filters.ChoiceFilter(choices=Path.choices)
    organisation = filters.CharFilter(field_name="organisations__code")
    segment = filters.CharFilter()
    funding_source = filters.CharFilter()
    on = filters.DateFilter(method="within")
    q = filters.CharFilter(method="named")

    class Meta:
        model = Programme
        fields: list[str] = []

    def within(self, queryset: QuerySet, name: str, day: object) -> QuerySet:
        return queryset.filter(starts_on__lte=day, ends_on__gte=day)

    def named(self, queryset: QuerySet, name: str, words: str) -> QuerySet:
        return queryset.filter(Q(code__icontains=words) | Q(name_zh__icontains=words) | Q(name_en__icontains=words))


class CohortFilter(StrictFilterSet):
    """By code, programme, organisation, and days within their span."""

    code = filters.CharFilter()
    programme = filters.CharFilter(field_name="programme__code")
    organisation = filters.CharFilter(field_name="organisation__code")
    on = filters.DateFilter(method="within")

    class Meta:
        model = Cohort
        fields: list[str] = []

    def within(self, queryset: QuerySet, name: str, day: object) -> QuerySet:
        return queryset.filter(starts_on__lte=day, ends_on__gte=day)


class BudgetFilter(StrictFilterSet):
    """By cohort, source of money, and whether it is of the programme as a whole."""

    cohort = filters.CharFilter(field_name="cohort__code")
    funding_source = filters.CharFilter()
    of_programme = filters.BooleanFilter(field_name="cohort", lookup_expr="isnull")

    class Meta:
        model = BudgetLine
        fields: list[str] = []


class CohortRequestFilter(StrictFilterSet):
    """By what the bureau answered, code, organisation and programme."""

    state = filters.MultipleChoiceFilter(choices=CohortRequest.State.choices)
    code = filters.CharFilter()
    organisation = filters.CharFilter(field_name="organisation__code")
    programme = filters.CharFilter(field_name="programme__code")

    class Meta:
        model = CohortRequest
        fields: list[str] = []

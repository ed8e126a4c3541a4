"""Filters of periods and obligations."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from backend import clock
from backend.lists.filters import StrictFilterSet
from programs.periods.models import Extension, Obligation, Period, PeriodScheme
from programs.periods.rates import of_programmes


class PeriodFilter(StrictFilterSet):
    """By code, frequency, a day within the period, spans of its end and due day, and whether it is locked."""

    code = filters.CharFilter()
    frequency = filters.MultipleChoiceFilter(choices=Period.Frequency.choices)
    on = filters.DateFilter(method="within")
    ends_from = filters.DateFilter(field_name="ends_on", lookup_expr="gte")
    ends_to = filters.DateFilter(field_name="ends_on", lookup_expr="lte")
    due_from = filters.DateFilter(field_name="due_on", lookup_expr="gte")
    due_to = filters.DateFilter(field_name="due_on", lookup_expr="lte")
    locked = filters.BooleanFilter(field_name="locked_at", lookup_expr="isnull", exclude=True)
    scheme = filters.CharFilter(field_name="scheme__code")

    class Meta:
        model = Period
        fields: list[str] = []

    def within(self, queryset: QuerySet, name: str, day: object) -> QuerySet:
        return queryset.filter(starts_on__lte=day, ends_on__gte=day)


class ObligationFilter(StrictFilterSet):
    """By organisation, period, kind, state, due day, whether it was on time, and whether it is overdue now."""

    organisation = filters.CharFilter(field_name="organisation__code")
    period = filters.CharFilter(field_name="period__code")
    kind = filters.MultipleChoiceFilter(choices=Obligation.Kind.choices)
    state = filters.MultipleChoiceFilter(choices=Obligation.State.choices)
    due_from = filters.DateFilter(field_name="due_on", lookup_expr="gte")
    due_to = filters.DateFilter(field_name="due_on", lookup_expr="lte")
    on_time = filters.BooleanFilter()
    overdue = filters.BooleanFilter(method="is_overdue")

    class Meta:
        model = Obligation
        fields: list[str] = []

    def is_overdue(self, queryset: QuerySet, name: str, wanted: bool) -> QuerySet:
        overdue = {"state": Obligation.State.MISSING, "due_on__lt": clock.today()}
        return queryset.filter(**overdue) if wanted else queryset.exclude(**overdue)


class ExtensionFilter(StrictFilterSet):
    """By period, organisation, the day it leads to, and whether it holds: was not withdrawn."""

    period = filters.CharFilter(field_name="period__code")
    organisation = filters.CharFilter(field_name="organisation__code")
    due_from = filters.DateFilter(field_name="due_on", lookup_expr="gte")
    due_to = filters.DateFilter(field_name="due_on", lookup_expr="lte")
    in_force = filters.BooleanFilter(field_name="withdrawn_at", lookup_expr="isnull")

    class Meta:
        model = Extension
        fields: list[str] = []


class RateFilter(StrictFilterSet):
    """Which reports the rates are of: by organisation, period, programme, frequency and due day."""

    organisation = filters.CharFilter(field_name="organisation__code")
    period = filters.CharFilter(field_name="period__code")
    programme = filters.CharFilter(method="of_programme")
    frequency = filters.MultipleChoiceFilter(field_name="period__frequency", choices=Period.Frequency.choices)
    due_from = filters.DateFilter(field_name="due_on", lookup_expr="gte")
    due_to = filters.DateFilter(field_name="due_on", lookup_expr="lte")

    class Meta:
        model = Obligation
        fields: list[str] = []

    def of_programme(self, queryset: QuerySet, name: str, code: str) -> QuerySet:
        owed_for = Obligation.objects.filter(of_programmes(code=code))
        return queryset.filter(pk__in=owed_for.values("pk"))


class SchemeFilter(StrictFilterSet):
    """By code, frequency, programme, organisation, and a day on which it runs."""

    code = filters.CharFilter()
    frequency = filters.MultipleChoiceFilter(choices=PeriodScheme.Frequency.choices)
    programme = filters.CharFilter(field_name="programme__code")
    organisation = filters.CharFilter(field_name="organisation__code")
    on = filters.DateFilter(method="within")

    class Meta:
        model = PeriodScheme
        fields: list[str] = []

    def within(self, queryset: QuerySet, name: str, day: object) -> QuerySet:
        return queryset.filter(starts_on__lte=day, ends_on__gte=day)

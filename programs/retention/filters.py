"""By what questions may be looked for."""

from django.db.models import Q, QuerySet
from django_filters import rest_framework as filters

from backend import clock
from backend.lists.filters import StrictFilterSet
from programs.catalogue.models import Path
from programs.retention.models import RetentionCheck, Said
from talent.people.filters import WholeFilter
from talent.people.selectors import group


class CheckFilter(StrictFilterSet):
    """By organisation, period, path, months, state, answer, the day that it falls on, record and person.

    ``fallen``: its day has come. ``left``: the answer that holds tells of somebody who is away.
    """

    organisation = filters.CharFilter(field_name="organisation__code")
    period = filters.CharFilter(field_name="period__code")
    path = filters.ChoiceFilter(choices=Path.choices)
    months = WholeFilter("months")
    state = filters.MultipleChoiceFilter(choices=RetentionCheck.State.choices)
    answer = filters.MultipleChoiceFilter(field_name="said", choices=Said.choices)
    falls_from = filters.DateFilter(field_name="falls_on", lookup_expr="gte")
    falls_to = filters.DateFilter(field_name="falls_on", lookup_expr="lte")
    fallen = filters.BooleanFilter(method="has_fallen")
    left = filters.BooleanFilter(method="has_left")
    record = WholeFilter("record_id")
    person = WholeFilter("person_id", method="by_person")

    class Meta:
        model = RetentionCheck
        fields: list[str] = []

    def by_person(self, queryset: QuerySet, name: str, value: int) -> QuerySet:
        # Whoever was found to be one person is one here too, by whichever of their rows they are asked for.
        return queryset.filter(person__in=group(value, self.request.user) if self.request else [value])

    def has_fallen(self, queryset: QuerySet, name: str, wanted: bool) -> QuerySet:
        fallen = Q(falls_on__lte=clock.today())
        return queryset.filter(fallen if wanted else ~fallen)

    def has_left(self, queryset: QuerySet, name: str, wanted: bool) -> QuerySet:
        gone = Q(left_on__isnull=False, returned_on=None)
        return queryset.filter(gone if wanted else ~gone)

"""What match cases may be looked for by."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django_filters import rest_framework as filters

from backend.lists.filters import StrictFilterSet
from talent.people.models import MatchCase


class WholeFilter(filters.NumberFilter):
    """A whole number, such as a row's id; nothing that would be rounded to one."""

    field_class = forms.IntegerField

    def __init__(self, field_name: str, **options: Any) -> None:
        super().__init__(field_name=field_name, **{"min_value": 1, "max_value": 2**63 - 1, **options})


class MatchFilter(StrictFilterSet):
    """Match cases by kind, state, organisation, submission, person and least score."""

    kind = filters.ChoiceFilter(choices=MatchCase.Kind.choices)
    state = filters.ChoiceFilter(choices=MatchCase.State.choices)
    organisation = filters.CharFilter(field_name="organisation__code")
    submission = WholeFilter("submission_id")
    person = WholeFilter("person_id", method="by_person")
    score_from = filters.NumberFilter(field_name="score", lookup_expr="gte", min_value=0, max_value=1)

    class Meta:
        model = MatchCase
        fields: list[str] = []

    def by_person(self, queryset: QuerySet[MatchCase], name: str, value: int) -> QuerySet[MatchCase]:
        return queryset.filter(Q(person=value) | Q(other=value))

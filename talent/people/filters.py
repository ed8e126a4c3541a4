"""What people and match cases may be looked for by."""

import unicodedata
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters

from backend.lists.filters import StrictFilterSet
from backend.problems import Forbidden
from talent.people.models import MatchCase, Person, PersonReport
from talent.people.naming import may_read_names


class WholeFilter(filters.NumberFilter):
    """A whole number, such as a row's id; nothing that would be rounded to one."""

    field_class = forms.IntegerField

    def __init__(self, field_name: str, **options: Any) -> None:
        super().__init__(field_name=field_name, **{"min_value": 1, "max_value": 2**63 - 1, **options})


class PersonFilter(StrictFilterSet):
    """People by how their name begins (for those who may read names), year of birth, gender and reporter."""

    name = filters.CharFilter(method="by_name")
    birth_year = WholeFilter("birth_date", lookup_expr="year", min_value=1800, max_value=2200)
    gender = filters.CharFilter()
    organisation = filters.CharFilter(method="by_organisation")

    class Meta:
        model = Person
        fields: list[str] = []

    def by_name(self, queryset: QuerySet[Person], name: str, value: str) -> QuerySet[Person]:
        if not may_read_names(self.request.user):
            raise Forbidden(_("Names are masked for your role, and so people cannot be looked for by name."))
        beginning = unicodedata.normalize("NFKC", value.strip())
        merged = Person.objects.filter(canonical=OuterRef("pk"), name__startswith=beginning)
        return queryset.filter(Q(name__startswith=beginning) | Exists(merged))

    def by_organisation(self, queryset: QuerySet[Person], name: str, value: str) -> QuerySet[Person]:
        reports = PersonReport.objects.filter(organisation__code=value)
        merged = reports.filter(person__canonical__isnull=False).values("person__canonical")
        return queryset.filter(pk__in=reports.values("person").union(merged, all=True))


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

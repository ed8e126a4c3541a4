"""What credentials may be looked for by."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from backend.lists.filters import StrictFilterSet
from talent.credentials.models import Credential
from talent.people.filters import WholeFilter
from talent.people.selectors import group


class CredentialFilter(StrictFilterSet):
    """Credentials by person, record, organisation, kind, code, school, state and the day from which they are held."""

    person = WholeFilter("person_id", method="by_person")
    record = WholeFilter("record_id")
    organisation = filters.CharFilter(field_name="organisation__code")
    kind = filters.ChoiceFilter(choices=Credential.Kind.choices)
    code = filters.CharFilter()
    school = filters.CharFilter()
    state = filters.ChoiceFilter(choices=Credential.State.choices)
    held_from = filters.DateFilter(field_name="held_from", lookup_expr="gte")
    held_to = filters.DateFilter(field_name="held_from", lookup_expr="lte")

    class Meta:
        model = Credential
        fields: list[str] = []

    def by_person(self, queryset: QuerySet[Credential], name: str, value: int) -> QuerySet[Credential]:
        return queryset.filter(person__in=group(value, self.request.user) if self.request else [value])

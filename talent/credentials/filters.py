"""What credentials may be looked for by."""

from django_filters import rest_framework as filters

from backend.api.filters import StrictFilterSet
from talent.credentials.models import Credential

LARGEST_ID = 2**63 - 1


class CredentialFilter(StrictFilterSet):
    """Credentials by person, record, organisation, kind, code, school, state and the day from which they are held."""

    person = filters.NumberFilter(field_name="person_id", min_value=1, max_value=LARGEST_ID)
    record = filters.NumberFilter(field_name="record_id", min_value=1, max_value=LARGEST_ID)
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

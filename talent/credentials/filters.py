"""What credentials may be looked for by."""

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as lazy
from django_filters import rest_framework as filters

from backend.lists.filters import StrictFilterSet
from talent.credentials.models import Credential, Evidence
from talent.credentials.selectors import OPEN
from talent.people.filters import WholeFilter
from talent.people.selectors import group

STATES = (
    (Credential.State.CLAIMED, lazy("Claimed")),
    (Credential.State.EVIDENCED, lazy("Evidenced")),
    (Credential.State.CONFIRMED, lazy("Confirmed")),
    (Credential.State.REFUTED, lazy("Found false")),
)
KINDS = (
    (Credential.Kind.EDUCATION, lazy("Education")),
    (Credential.Kind.TITLE, lazy("Professional title")),
)


class CredentialFilter(StrictFilterSet):
    """Credentials by person, record, organisation, kind, code, school, state and the day from which they are held.

    ``examined`` asks whether a verdict stands, ``evidence`` whether a file shows it.
    """

    person = WholeFilter("person_id", method="by_person")
    record = WholeFilter("record_id")
    organisation = filters.CharFilter(field_name="organisation__code")
    kind = filters.ChoiceFilter(choices=KINDS)
    code = filters.CharFilter()
    school = filters.CharFilter()
    state = filters.ChoiceFilter(choices=STATES)
    examined = filters.BooleanFilter(method="by_verdict")
    evidence = filters.BooleanFilter(method="by_evidence")
    held_from = filters.DateFilter(field_name="held_from", lookup_expr="gte")
    held_to = filters.DateFilter(field_name="held_from", lookup_expr="lte")

    class Meta:
        model = Credential
        fields: list[str] = []

    def by_person(self, queryset: QuerySet[Credential], name: str, value: int) -> QuerySet[Credential]:
        return queryset.filter(person__in=group(value, self.request.user) if self.request else [value])

    def by_verdict(self, queryset: QuerySet[Credential], name: str, value: bool) -> QuerySet[Credential]:
        return queryset.exclude(state__in=OPEN) if value else queryset.filter(state__in=OPEN)

    def by_evidence(self, queryset: QuerySet[Credential], name: str, value: bool) -> QuerySet[Credential]:
        kept = Exists(Evidence.objects.filter(credential_id=OuterRef("pk"), state=Evidence.State.KEPT))
        return queryset.filter(kept) if value else queryset.filter(~kept)

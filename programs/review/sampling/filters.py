"""What lots, their members, waiting records and settings may be looked for by."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from backend.lists.filters import StrictFilterSet
from programs.review.sampling.models import Lot, LotUnit, SamplingSetting
from programs.review.sampling.plans import Severity


class LotFilter(StrictFilterSet):
    """Lots by state, severity, whether they come back, and whose they are: organisation, programme, cohort, period."""

    state = filters.MultipleChoiceFilter(choices=Lot.State.choices)
    severity = filters.ChoiceFilter(choices=Severity.choices)
    resubmission = filters.BooleanFilter()
    organisation = filters.CharFilter(field_name="organisation__code")
    programme = filters.CharFilter(field_name="programme__code")
    cohort = filters.CharFilter(field_name="cohort__code")
    period = filters.CharFilter(field_name="period__code")

    class Meta:
        model = Lot
        fields: list[str] = []


class UnitFilter(StrictFilterSet):
    """Members of a lot by what became of them and what was found."""

    outcome = filters.ChoiceFilter(choices=[one for one in LotUnit.Outcome.choices if one[0]])
    conforming = filters.BooleanFilter()
    judged = filters.BooleanFilter(method="by_judged")

    class Meta:
        model = LotUnit
        fields: list[str] = []

    def by_judged(self, queryset: QuerySet[LotUnit], name: str, value: bool) -> QuerySet[LotUnit]:
        return queryset.filter(judged_at__isnull=not value)


class SettingFilter(StrictFilterSet):
    """Settings by the organisation that they are for."""

    organisation = filters.CharFilter(field_name="organisation__code")

    class Meta:
        model = SamplingSetting
        fields: list[str] = []

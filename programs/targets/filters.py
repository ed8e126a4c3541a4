"""By what the heads behind a figure may be narrowed; the same for people, breakdown, series and changes."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters

from backend.lists.filters import StrictFilterSet
from programs.catalogue.models import Path
from programs.records.models import Record
from programs.targets.gap_models import Gap
from programs.targets.models import Basis, LedgerEntry, PlanChange, PlanPreview

UNSPECIFIED = "unspecified"
SEGMENTS = [("core", _("Core")), ("related", _("Related")), ("derivative", _("Derivative"))]


class _Codes(filters.BaseInFilter, filters.CharFilter):
    """Codes parted by commas."""


class HeadFilter(StrictFilterSet):
    """Heads by the dimensions of a breakdown, each by its key; ``unspecified`` finds the blanks.

    Several organisations are parted by commas: the ``members`` of a part that was rolled up. ``cohort`` finds those
    whose crediting record is of that cohort.
    """

    organisation = _Codes(field_name="organisation__code")
    programme = filters.CharFilter(field_name="programme__code")
    path = filters.ChoiceFilter(choices=Path.choices)
    basis = filters.ChoiceFilter(choices=Basis.choices)
    district = filters.CharFilter(method="by_key")
    segment = filters.ChoiceFilter(choices=[*SEGMENTS, (UNSPECIFIED, _("Not given"))], method="by_key")
    cohort = filters.CharFilter(method="by_cohort")

    class Meta:
        model = LedgerEntry
        fields: list[str] = []

    def by_key(self, queryset: QuerySet[LedgerEntry], name: str, value: Any) -> QuerySet[LedgerEntry]:
        return queryset.filter(**{name: "" if value == UNSPECIFIED else value})

    def by_cohort(self, queryset: QuerySet[LedgerEntry], name: str, value: str) -> QuerySet[LedgerEntry]:
        return queryset.filter(record_id__in=Record.objects.filter(cohort__code=value).values("pk"))


class GapFilter(StrictFilterSet):
    """What does not count, by those dimensions of a head that a record has by itself."""

    organisation = filters.CharFilter(field_name="organisation__code")
    programme = filters.CharFilter(field_name="programme__code")
    path = filters.ChoiceFilter(choices=Path.choices)
    district = filters.CharFilter(method="by_key")
    segment = filters.ChoiceFilter(choices=[*SEGMENTS, (UNSPECIFIED, _("Not given"))], method="by_key")

    class Meta:
        model = Gap
        fields: list[str] = []

    def by_key(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        return queryset.filter(**{name: "" if value == UNSPECIFIED else value})


class PlanPreviewFilter(StrictFilterSet):
    """Previews by plan, and by whether they were applied."""

    plan = filters.CharFilter()
    applied = filters.BooleanFilter(field_name="applied_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = PlanPreview
        fields: list[str] = []


class PlanChangeFilter(StrictFilterSet):
    """Whom a plan would count otherwise: by target, what would become of them, why, organisation and basis."""

    target = filters.CharFilter()
    change = filters.ChoiceFilter(choices=PlanChange.Kind.choices)
    cause = filters.ChoiceFilter(choices=PlanChange.Cause.choices)
    organisation = filters.CharFilter(field_name="organisation__code")
    basis = filters.ChoiceFilter(choices=Basis.choices)

    class Meta:
        model = PlanChange
        fields: list[str] = []

"""By what the heads behind a figure may be narrowed; the same for people, breakdown, series and changes."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters

from backend.lists.filters import StrictFilterSet
from programs.catalogue.models import Path
from programs.targets.models import Basis, LedgerEntry

UNSPECIFIED = "unspecified"
SEGMENTS = [("core", _("Core")), ("related", _("Related")), ("derivative", _("Derivative"))]


class HeadFilter(StrictFilterSet):
    """Heads by the dimensions of a breakdown, each by its key; ``unspecified`` finds the blanks."""

    organisation = filters.CharFilter(field_name="organisation__code")
    programme = filters.CharFilter(field_name="programme__code")
    path = filters.ChoiceFilter(choices=Path.choices)
    basis = filters.ChoiceFilter(choices=Basis.choices)
    district = filters.CharFilter(method="by_key")
    segment = filters.ChoiceFilter(choices=[*SEGMENTS, (UNSPECIFIED, _("Not given"))], method="by_key")

    class Meta:
        model = LedgerEntry
        fields: list[str] = []

    def by_key(self, queryset: QuerySet[LedgerEntry], name: str, value: Any) -> QuerySet[LedgerEntry]:
        return queryset.filter(**{name: "" if value == UNSPECIFIED else value})

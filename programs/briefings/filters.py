"""Filters of briefings and their schedules."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from backend.lists.filters import StrictFilterSet
from programs.briefings.kinds import Kind
from programs.briefings.models import Briefing, BriefingSchedule, Language


class BriefingFilter(StrictFilterSet):
    """By plan, kind, period, language, snapshot, who ordered it, whether a schedule did, and days of ordering.

    All days are the bureau's, both ends included.
    """

    plan = filters.CharFilter(field_name="snapshot__plan__code")
    kind = filters.ChoiceFilter(choices=Kind.choices)
    period = filters.CharFilter()
    language = filters.ChoiceFilter(choices=Language.choices, method="in_language")
    snapshot = filters.NumberFilter(field_name="snapshot_id")
    made_by = filters.CharFilter(field_name="made_by__username")
    scheduled = filters.BooleanFilter(field_name="schedule", lookup_expr="isnull", exclude=True)
    ordered_from = filters.DateFilter(field_name="ordered_at", lookup_expr="date__gte")
    ordered_to = filters.DateFilter(field_name="ordered_at", lookup_expr="date__lte")

    class Meta:
        model = Briefing
        fields: list[str] = []

    def in_language(self, queryset: QuerySet[Briefing], _name: str, value: Any) -> QuerySet[Briefing]:
        return queryset.filter(languages__contains=[value])


class ScheduleFilter(StrictFilterSet):
    """By plan, kind, whether it is active, and whether it publishes."""

    plan = filters.CharFilter(field_name="plan__code")
    kind = filters.ChoiceFilter(choices=Kind.choices)
    active = filters.BooleanFilter()
    publish = filters.BooleanFilter()

    class Meta:
        model = BriefingSchedule
        fields: list[str] = []

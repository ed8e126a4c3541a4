"""Filters of settings, replays and exceptions."""

from django.db.models import Q, QuerySet
from django_filters import rest_framework as filters

from backend.lists.filters import StrictFilterSet
from programs.intake.models import Override, Replay, ReplayHit, RuleSetting, Severity


class RuleSettingFilter(StrictFilterSet):
    """By rule, severity, and a day on which a period begins."""

    rule = filters.CharFilter()
    severity = filters.MultipleChoiceFilter(choices=Severity.choices)
    on = filters.DateFilter(method="within")

    class Meta:
        model = RuleSetting
        fields: list[str] = []

    def within(self, queryset: QuerySet, name: str, day: object) -> QuerySet:
        return queryset.filter(Q(until_on=None) | Q(until_on__gte=day), from_on__lte=day)


class ReplayFilter(StrictFilterSet):
    """By rule and severity."""

    rule = filters.CharFilter()
    severity = filters.MultipleChoiceFilter(choices=Severity.choices)

    class Meta:
        model = Replay
        fields: list[str] = []


class ReplayHitFilter(StrictFilterSet):
    """By organisation and period."""

    organisation = filters.CharFilter(field_name="organisation__code")
    period = filters.CharFilter(field_name="submission__period__code")

    class Meta:
        model = ReplayHit
        fields: list[str] = []


class OverrideFilter(StrictFilterSet):
    """By organisation, submission, rule and state."""

    organisation = filters.CharFilter(field_name="organisation__code")
    submission = filters.NumberFilter(field_name="submission_id")
    rule = filters.CharFilter()
    state = filters.MultipleChoiceFilter(choices=Override.State.choices)

    class Meta:
        model = Override
        fields: list[str] = []

"""Filters of reminders, of ladders, and of who is left in peace."""

from typing import Any

from django.db.models import Q, QuerySet
from django_filters import rest_framework as filters

from backend import clock
from backend.lists.filters import StrictFilterSet
from backend.messages.models import Channel
from programs.reminders.models import Audience, Kind, LadderPolicy, Quieting, Reminder


class ReminderFilter(StrictFilterSet):
    """By organisation, kind, obligation, stage, audience, channel, state, and the moment they are due."""

    organisation = filters.CharFilter(field_name="organisation__code")
    kind = filters.MultipleChoiceFilter(choices=Kind.choices)
    obligation = filters.NumberFilter(field_name="obligation_id")
    stage = filters.CharFilter()
    audience = filters.MultipleChoiceFilter(choices=Audience.choices)
    channel = filters.MultipleChoiceFilter(choices=Channel.choices)
    state = filters.MultipleChoiceFilter(choices=Reminder.State.choices)
    due_from = filters.IsoDateTimeFilter(field_name="due_at", lookup_expr="gte")
    due_to = filters.IsoDateTimeFilter(field_name="due_at", lookup_expr="lte")

    class Meta:
        model = Reminder
        fields: list[str] = []


class PolicyFilter(StrictFilterSet):
    """By kind, and by whether it is a draft or in force now."""

    kind = filters.MultipleChoiceFilter(choices=Kind.choices)
    draft = filters.BooleanFilter(field_name="in_force_from", lookup_expr="isnull")
    in_force = filters.BooleanFilter(method="by_force")

    class Meta:
        model = LadderPolicy
        fields: list[str] = []

    def by_force(self, rows: QuerySet[LadderPolicy], _name: str, value: Any) -> QuerySet[LadderPolicy]:
        now = clock.now()
        running = Q(in_force_from__lte=now) & (Q(retired_at=None) | Q(retired_at__gt=now))
        return rows.filter(running) if value else rows.exclude(running)


class QuietingFilter(StrictFilterSet):
    """By organisation, obligation, and by whether it still lasts."""

    organisation = filters.CharFilter(field_name="organisation__code")
    obligation = filters.NumberFilter(field_name="obligation_id")
    lasting = filters.BooleanFilter(method="by_lasting")

    class Meta:
        model = Quieting
        fields: list[str] = []

    def by_lasting(self, rows: QuerySet[Quieting], _name: str, value: Any) -> QuerySet[Quieting]:
        lasting = Q(lifted_at=None) & (Q(until=None) | Q(until__gt=clock.today()))
        return rows.filter(lasting) if value else rows.exclude(lasting)

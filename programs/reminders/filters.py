"""Filters of reminders."""

from django_filters import rest_framework as filters

from backend.lists.filters import StrictFilterSet
from backend.messages.models import Channel
from programs.reminders.models import Audience, Reminder


class ReminderFilter(StrictFilterSet):
    """By organisation, obligation, stage, audience, channel, state, and the moment they are due."""

    organisation = filters.CharFilter(field_name="organisation__code")
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

"""Filters of deliveries."""

from django_filters import rest_framework as filters

from backend.lists.filters import StrictFilterSet
from backend.messages.models import Channel, Delivery


class DeliveryFilter(StrictFilterSet):
    """Deliveries by channel, state, organisation, recipient, a part of the subject, and the days they were written."""

    channel = filters.ChoiceFilter(choices=Channel.choices)
    state = filters.ChoiceFilter(choices=Delivery.State.choices)
    organisation = filters.CharFilter(field_name="organisation__code")
    recipient = filters.CharFilter(lookup_expr="iexact")
    search = filters.CharFilter(field_name="subject", lookup_expr="icontains")
    message_id = filters.CharFilter()
    since = filters.DateFilter(field_name="created_at", lookup_expr="date__gte")
    until = filters.DateFilter(field_name="created_at", lookup_expr="date__lte")

    class Meta:
        model = Delivery
        fields: list[str] = []

"""Filters of requests."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as lazy
from django_filters import rest_framework as filters

from backend import clock
from backend.lists.filters import StrictFilterSet
from programs.privacy.models import OPEN, Kind, PrivacyRequest, State

WAITING = (("true", lazy("Waits")), ("false", lazy("Closed")))


class RequestFilter(StrictFilterSet):
    """By kind, state, whether they wait or are late, whose they are to handle, of whom, and the day they came."""

    kind = filters.MultipleChoiceFilter(choices=Kind.choices)
    state = filters.MultipleChoiceFilter(choices=State.choices)
    open = filters.BooleanFilter(method="by_open")
    late = filters.BooleanFilter(method="by_late")
    assigned_to = filters.CharFilter(field_name="assigned_to__username")
    person = filters.NumberFilter(field_name="person_id")
    received_from = filters.DateFilter(field_name="received_on", lookup_expr="gte")
    received_to = filters.DateFilter(field_name="received_on", lookup_expr="lte")

    class Meta:
        model = PrivacyRequest
        fields: list[str] = []

    def by_open(self, rows: QuerySet[PrivacyRequest], _name: str, value: Any) -> QuerySet[PrivacyRequest]:
        return rows.filter(state__in=OPEN) if value else rows.exclude(state__in=OPEN)

    def by_late(self, rows: QuerySet[PrivacyRequest], _name: str, value: Any) -> QuerySet[PrivacyRequest]:
        late = rows.filter(state__in=OPEN, due_on__lt=clock.today())
        return late if value else rows.exclude(pk__in=late.order_by().values("pk"))

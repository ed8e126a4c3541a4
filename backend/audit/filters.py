"""Filters of the audit trail."""

import datetime as dt

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from backend.audit.models import AuditEntry
from backend.clock import BUREAU
from backend.lists.filters import StrictFilterSet


class AuditFilter(StrictFilterSet):
    """Entries by who, what, to which subject, for which organisation, and when.

    ``at_from`` ≤ at < ``at_to`` by moments; ``day_from`` to ``day_to`` by the bureau's days, both of them included.
    """

    actor = filters.CharFilter()
    action = filters.CharFilter()
    action_id = filters.UUIDFilter()
    subject_type = filters.CharFilter()
    subject_id = filters.CharFilter()
    organisation = filters.CharFilter(field_name="organisation")
    at_from = filters.IsoDateTimeFilter(field_name="at", lookup_expr="gte")
    at_to = filters.IsoDateTimeFilter(field_name="at", lookup_expr="lt")
    day_from = filters.DateFilter(method="since")
    day_to = filters.DateFilter(method="until")

    class Meta:
        model = AuditEntry
        fields: list[str] = []

    def since(self, queryset: QuerySet[AuditEntry], name: str, day: dt.date) -> QuerySet[AuditEntry]:
        return queryset.filter(at__gte=_begins(day))

    def until(self, queryset: QuerySet[AuditEntry], name: str, day: dt.date) -> QuerySet[AuditEntry]:
        return queryset.filter(at__lt=_begins(day) + dt.timedelta(days=1))


def _begins(day: dt.date) -> dt.datetime:
    # A span of moments and not of the moments' days, so that the index on the moment is used.
    return dt.datetime.combine(day, dt.time(), BUREAU)

"""Filters of the audit trail."""

from django_filters import rest_framework as filters

from backend.audit.models import AuditEntry
from backend.lists.filters import StrictFilterSet


class AuditFilter(StrictFilterSet):
    """Entries by who, what, to which subject, for which organisation, and when (``at_from`` ≤ at < ``at_to``)."""

    actor = filters.CharFilter()
    action = filters.CharFilter()
    action_id = filters.UUIDFilter()
    subject_type = filters.CharFilter()
    subject_id = filters.CharFilter()
    organisation = filters.CharFilter(field_name="organisation")
    at_from = filters.IsoDateTimeFilter(field_name="at", lookup_expr="gte")
    at_to = filters.IsoDateTimeFilter(field_name="at", lookup_expr="lt")

    class Meta:
        model = AuditEntry
        fields: list[str] = []

"""Filters of holds, rules and certificates."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from backend.lists.filters import StrictFilterSet
from programs.disposal.kinds import Kind
from programs.disposal.models import DisposalCertificate, DisposalRule, LegalHold


class HoldFilter(StrictFilterSet):
    """By whether they stand, and on what."""

    standing = filters.BooleanFilter(field_name="lifted_at", lookup_expr="isnull")
    person = filters.NumberFilter(field_name="person_id")
    organisation = filters.CharFilter(field_name="organisation__code")
    submission = filters.NumberFilter(field_name="submission_id")

    class Meta:
        model = LegalHold
        fields: list[str] = []


class RuleFilter(StrictFilterSet):
    """By kind, and whether they are in force."""

    kind = filters.MultipleChoiceFilter(choices=Kind.choices)
    in_force = filters.BooleanFilter(method="by_in_force")

    class Meta:
        model = DisposalRule
        fields: list[str] = []

    def by_in_force(self, rows: QuerySet[DisposalRule], _name: str, value: Any) -> QuerySet[DisposalRule]:
        standing = rows.filter(in_force_from__isnull=False, retired_at=None)
        return standing if value else rows.exclude(pk__in=standing.order_by().values("pk"))


class CertificateFilter(StrictFilterSet):
    """By the kind of the rule, and the days on which they were issued."""

    kind = filters.MultipleChoiceFilter(choices=Kind.choices, field_name="run__rule__kind")
    issued_from = filters.DateFilter(field_name="issued_at", lookup_expr="date__gte")
    issued_to = filters.DateFilter(field_name="issued_at", lookup_expr="date__lte")

    class Meta:
        model = DisposalCertificate
        fields: list[str] = []

"""Filters of submissions and findings."""

from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters

from backend.lists.filters import StrictFilterSet
from programs.submissions.models import Finding, Submission


class SubmissionFilter(StrictFilterSet):
    """By organisation, period, status, digest, and the moment they were received."""

    organisation = filters.CharFilter(field_name="organisation__code")
    period = filters.CharFilter(field_name="period__code")
    status = filters.MultipleChoiceFilter(choices=Submission.Status.choices)
    sha256 = filters.CharFilter()
    on_behalf = filters.BooleanFilter()
    received_from = filters.IsoDateTimeFilter(field_name="received_at", lookup_expr="gte")
    received_to = filters.IsoDateTimeFilter(field_name="received_at", lookup_expr="lte")

    class Meta:
        model = Submission
        fields: list[str] = []


class FindingFilter(StrictFilterSet):
    """By rule, severity, column and row; ``whole_file`` for those on the file itself."""

    rule = filters.CharFilter()
    severity = filters.MultipleChoiceFilter(
        choices=[("fatal", _("Fatal")), ("error", _("Error")), ("warning", _("Warning"))]
    )
    column = filters.CharFilter()
    row = filters.NumberFilter()
    whole_file = filters.BooleanFilter(field_name="row", lookup_expr="isnull")

    class Meta:
        model = Finding
        fields: list[str] = []

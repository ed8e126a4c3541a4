"""Filters of submissions and findings."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters

from backend.lists.filters import StrictFilterSet
from programs.submissions.models import Finding, Submission


class SubmissionFilter(StrictFilterSet):
    """By organisation, template, period, status, digest, what became of them, and the moment they were received.

    What is only for practice is left out by the lists themselves, unless ``practice`` asks for it.
    """

    organisation = filters.CharFilter(field_name="organisation__code")
    template = filters.CharFilter()
    period = filters.CharFilter(field_name="period__code")
    status = filters.MultipleChoiceFilter(choices=Submission.Status.choices)
    sha256 = filters.CharFilter()
    on_behalf = filters.BooleanFilter()
    opening = filters.BooleanFilter()
    practice = filters.BooleanFilter(label=_("Practice"))
    awaiting = filters.ChoiceFilter(choices=[("signature", _("Signature"))], method="waits")
    withdrawn = filters.BooleanFilter(field_name="withdrawn_at", lookup_expr="isnull", exclude=True)
    received_from = filters.IsoDateTimeFilter(field_name="received_at", lookup_expr="gte")
    received_to = filters.IsoDateTimeFilter(field_name="received_at", lookup_expr="lte")

    class Meta:
        model = Submission
        fields: list[str] = []

    def waits(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(status=Submission.Status.CHECKED, prepared_at__isnull=False)


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

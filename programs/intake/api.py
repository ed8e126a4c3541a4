"""Intake over HTTP: findings, mending a row in place, the error workbook, and the blank template."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts.scope import refuse_bound
from backend.api import base
from backend.api.permissions import EVERYONE, roles
from backend.api.schema import FILES, documented
from backend.problems import Invalid
from programs.catalogue import selectors as catalogue
from programs.intake import answers, downloads, rules_api, samples_api
from programs.intake.answers import language
from programs.submissions import selectors
from programs.submissions.api import SENDERS, Counts
from programs.submissions.filters import FindingFilter
from programs.submissions.models import Finding, Submission
from programs.submissions.templates import TALENT_RECORDS

CSV, XLSX = FILES


class FindingAnswer(serializers.Serializer):
    """What a check found in one cell, one row, or the whole file (``row`` null)."""

    row = serializers.IntegerField(allow_null=True)
    column = serializers.CharField(allow_null=True)
    header = serializers.CharField(allow_null=True)
    rule = serializers.CharField()
    severity = serializers.ChoiceField(["error", "warning", "fatal"])
    message = serializers.CharField()
    value = serializers.CharField(allow_null=True)


class Findings(base.ListView):
    """The findings on a submission, ordered by row and column; values are the partner's and the officer's to see."""

    permission_classes = [roles({"GET": SENDERS})]
    from_above = True
    name = "findings"
    serializer_class = FindingAnswer
    filterset_class = FindingFilter
    ordering = ("position",)

    def get_queryset(self) -> QuerySet[Finding]:
        self.submission: Submission = self.one(selectors.with_practice(self.actor), pk=self.kwargs["id"])
        return selectors.findings(self.actor, self.submission)

    def present(self, rows: Sequence[Finding]) -> list[dict[str, Any]]:
        return [answers.finding(found, self.submission, language()) for found in rows]


class SummaryAnswer(serializers.Serializer):
    """How often a rule was found."""

    rule = serializers.CharField()
    severity = serializers.CharField()
    title = serializers.CharField()
    guidance = serializers.CharField()
    occurrences = serializers.IntegerField()


class Summary(base.ListView):
    """The findings on a submission, counted by rule; the most frequent first."""

    permission_classes = [roles({"GET": EVERYONE})]
    from_above = True
    name = "findings-summary"
    serializer_class = SummaryAnswer

    def get_queryset(self) -> Any:
        submission = self.one(selectors.with_practice(self.actor), pk=self.kwargs["id"])
        return answers.summaries(selectors.findings(self.actor, submission), language())


class MendBody(serializers.Serializer):
    """New values by column code; an empty value or null clears the cell."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            raise Invalid([("", "invalid", _("Send an object of column codes and values."))])
        return data


class MendAnswer(serializers.Serializer):
    """What is found in the row now, and how the submission fares."""

    row = serializers.IntegerField()
    findings = FindingAnswer(many=True)
    counts = Counts()


class Row(base.View):
    """One row of a checked submission: mended in place before confirming."""

    permission_classes = [roles({"PATCH": SENDERS})]

    @documented(request=OpenApiTypes.OBJECT, responses=MendAnswer)
    def patch(self, request: Request, id: int, row: int) -> Response:
        # The engine is heavy: a web process that never mends does not load it.
        from programs.intake.mending import mend_row

        submission = self.one(selectors.with_practice(self.actor), pk=id)
        cells = MendBody().to_internal_value(request.data)
        mended = mend_row(actor=self.actor, submission=submission, row=row, cells=dict(cells))
        found = selectors.findings(self.actor, mended).filter(row=row).order_by("position")
        return Response(
            {
                "row": row,
                "findings": [answers.finding(one, mended, language()) for one in found],
                "counts": Counts(mended).data,
            }
        )


class MendAllBody(serializers.Serializer):
    """Which cells: by the rule that found them, the column, and what stands there as the finding shows it."""

    rule = serializers.CharField(max_length=3)
    column = serializers.CharField(max_length=30)
    value = serializers.CharField(
        required=False, allow_blank=True, allow_null=True, default="", trim_whitespace=False, max_length=200
    )
    to = serializers.CharField(allow_blank=True, allow_null=True, trim_whitespace=False, max_length=2000)


class MendAllAnswer(serializers.Serializer):
    """How many rows were mended, and how the submission fares."""

    rows = serializers.IntegerField()
    counts = Counts()


class MendAll(base.View):
    """One value for the same cell of every row of a checked submission in which the same was found."""

    permission_classes = [roles({"POST": SENDERS})]

    @documented(request=MendAllBody, responses=MendAllAnswer)
    def post(self, request: Request, id: int) -> Response:
        from programs.intake.mending import mend_all

        submission = self.one(selectors.with_practice(self.actor), pk=id)
        asked = self.read(MendAllBody)
        asked["value"] = asked["value"] or ""
        mended, rows = mend_all(actor=self.actor, submission=submission, **asked)
        return Response({"rows": rows, "counts": Counts(mended).data})


class ColumnChange(serializers.Serializer):
    """A column that changes; what is sealed is masked, old and new."""

    column = serializers.CharField()
    old = serializers.JSONField()
    new = serializers.JSONField()
    sealed = serializers.BooleanField()


class AmendingAnswer(serializers.Serializer):
    """A row that amends a record; one that is ``verified`` stands as it is until the amendment is decided.

    In another template than that of talent records ``record`` is the id of what stands there, if it has one, and
    ``partner_ref`` the row's own code.
    """

    row = serializers.IntegerField()
    record = serializers.IntegerField(allow_null=True)
    verified = serializers.BooleanField()
    partner_ref = serializers.CharField()
    changes = ColumnChange(many=True)


class Changes(base.ListView):
    """What a checked submission would change of the organisation's own records, old and new, in the file's order."""

    permission_classes = [roles({"GET": SENDERS})]
    name = "changes"
    serializer_class = AmendingAnswer

    def get_queryset(self) -> Any:
        from programs.intake.changes import amending

        refuse_bound(self.actor)
        return amending(self.one(selectors.with_practice(self.actor), pk=self.kwargs["id"]))

    def present(self, rows: Sequence[Any]) -> list[Any]:
        from programs.intake.changes import presented

        return presented(rows)


class Report(base.View):
    """The partner's own file with the bad cells marked and commented; for its own submitters only."""

    permission_classes = [roles({"GET": "partner"})]
    fixed_type = True

    @documented(responses={(200, XLSX): OpenApiTypes.BINARY})
    def get(self, request: Request, id: int) -> HttpResponse:
        submission = self.one(selectors.with_practice(self.actor), pk=id)
        return downloads.report(actor=self.actor, submission=submission).answer()


class Template(base.View):
    """A template as a workbook, with drop-downs of what its columns may hold, such as the caller's own programmes.

    ``?template=`` names another one than that of talent records. ``?cohort=`` fills it with the people that the
    caller's organisation reported for a cohort; for its own submitters only.
    """

    permission_classes = [roles({"GET": EVERYONE})]
    fixed_type = True

    @documented(responses={(200, XLSX): OpenApiTypes.BINARY})
    def get(self, request: Request) -> HttpResponse:
        code = request.query_params.get("cohort")
        cohort = self.one(catalogue.cohorts(self.actor), code=code) if code else None
        template = request.query_params.get("template") or TALENT_RECORDS
        return downloads.template_workbook(actor=self.actor, cohort=cohort, template=template).answer()


class TemplateText(base.View):
    """A blank template as CSV; ``?template=`` names another one than that of talent records."""

    permission_classes = [roles({"GET": EVERYONE})]
    fixed_type = True

    @documented(responses={(200, CSV): OpenApiTypes.BINARY})
    def get(self, request: Request) -> HttpResponse:
        return downloads.template_text(request.query_params.get("template") or TALENT_RECORDS).answer()


urlpatterns = [
    *rules_api.urlpatterns,
    *samples_api.urlpatterns,
    path("submissions/<int:id>/findings/", Findings.as_view(), name="findings"),
    path("submissions/<int:id>/findings/summary/", Summary.as_view(), name="findings-summary"),
    path("submissions/<int:id>/rows/<int:row>/", Row.as_view(), name="row"),
    path("submissions/<int:id>/mend-all/", MendAll.as_view(), name="mend-all"),
    path("submissions/<int:id>/changes/", Changes.as_view(), name="changes"),
    path("submissions/<int:id>/report.xlsx", Report.as_view(), name="report"),
    path("template.xlsx", Template.as_view(), name="template"),
    path("template.csv", TemplateText.as_view(), name="template-text"),
]

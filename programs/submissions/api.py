"""Submissions over HTTP: sending, watching, confirming and cancelling."""

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts import selectors as accounts
from backend.api import base
from backend.api.permissions import EVERYONE, roles
from backend.api.schema import documented
from programs.periods import selectors as periods
from programs.submissions import selectors, sending, services
from programs.submissions.filters import SubmissionFilter
from programs.submissions.models import Submission
from programs.submissions.templates import TALENT_RECORDS

SENDERS = "partner officer"


class Progress(serializers.Serializer):
    """How far the work on a submission is, in steps."""

    done = serializers.IntegerField()
    total = serializers.IntegerField()


class Counts(serializers.Serializer):
    """rows = accepted + unchanged + rejected; amendments and warned rows are among the accepted."""

    rows = serializers.IntegerField()
    accepted = serializers.IntegerField()
    accepted_with_warnings = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    rejected = serializers.IntegerField()


class SubmissionAnswer(serializers.ModelSerializer):
    """A submission."""

    organisation = base.CodeField()
    template = serializers.CharField(help_text="The template that its rows are in.")
    period = base.CodeField(allow_null=True, help_text="Null where the template belongs to no period.")
    progress = serializers.SerializerMethodField()
    counts = Counts(source="*")
    submitted_by = serializers.CharField(source="submitted_by.username")
    prepared_by = serializers.CharField(source="prepared_by.username", default=None, allow_null=True)
    confirmed_by = serializers.CharField(source="confirmed_by.username", default=None, allow_null=True)
    awaiting = serializers.CharField(help_text="``signature``: filled in, and not yet confirmed by a signatory.")
    amendments = serializers.IntegerField(help_text="Rows that amend what stands.")
    sheet = serializers.SerializerMethodField()
    practice_until = serializers.DateTimeField(
        allow_null=True,
        help_text="From when on what is only for practice is removed with its file; null for what is real.",
    )

    class Meta:
        model = Submission
        fields = [
            "id",
            "organisation",
            "template",
            "period",
            "status",
            "progress",
            "counts",
            "kind",
            "file_name",
            "sheet",
            "size",
            "sha256",
            "policy",
            "confirm",
            "forced",
            "on_behalf",
            "opening",
            "practice",
            "practice_until",
            "amendments",
            "submitted_by",
            "received_at",
            "checked_at",
            "awaiting",
            "prepared_by",
            "prepared_at",
            "confirmed_by",
            "confirmed_at",
            "committed_at",
            "withdrawn_at",
            "withdrawal_reason",
            "error",
        ]

    def get_progress(self, submission: Submission) -> dict[str, int]:
        job = submission.job
        return {"done": job.done, "total": job.total} if job else {"done": 0, "total": 0}

    def get_sheet(self, submission: Submission) -> str:
        """The name of the sheet that was read, where the file has several."""
        return submission.meta.get("sheet") or ""


class Records(serializers.ListField):
    """A list of objects; what stands in them is for the checks to say, cell by cell."""

    child = serializers.DictField()

    def run_child_validation(self, data: list[Any]) -> list[Any]:
        wrong = {str(place): self._refusal(one) for place, one in enumerate(data) if not isinstance(one, dict)}
        if wrong:
            raise serializers.ValidationError(wrong)
        return data

    def _refusal(self, given: object) -> Any:
        try:
            self.child.run_validation(given)
        except serializers.ValidationError as refused:
            return refused.detail
        raise AssertionError("A value that is no object was found to be one.")


class SubmissionBody(serializers.Serializer):
    """A file (multipart), or ``records`` (JSON) with the column codes as keys."""

    organisation = base.CodeField(accounts.organisations, required=False, help_text="Bureau staff name whose it is.")
    template = serializers.CharField(
        default=TALENT_RECORDS, max_length=40, help_text="The template that the rows are in."
    )
    period = base.CodeField(
        periods.periods,
        required=False,
        help_text="Needed for every template that belongs to periods; practice is for the next one to be reported.",
    )
    file = serializers.FileField(required=False, allow_empty_file=True)
    records = Records(required=False, allow_empty=True)
    policy = serializers.ChoiceField(Submission.Policy.choices, default=Submission.Policy.ACCEPT_GOOD_ROWS)
    confirm = serializers.ChoiceField(Submission.Confirm.choices, default=Submission.Confirm.MANUAL)
    force = serializers.BooleanField(default=False)
    opening = serializers.BooleanField(default=False, help_text="An old ledger, loaded by the bureau.")
    practice = serializers.BooleanField(
        default=False, help_text="Tried out only: checked like any other, and nothing of it reaches the books."
    )


class Submissions(base.ListView):
    """Submissions; a partner sees and sends its own organisation's.

    What it only practises is listed by ``?practice=true`` alone, and to nobody else.
    """

    permission_classes = [roles({"GET": EVERYONE, "POST": SENDERS})]
    from_above = True
    name = "submissions"
    serializer_class = SubmissionAnswer
    filterset_class = SubmissionFilter
    ordering = ("-id",)

    def get_queryset(self) -> QuerySet[Submission]:
        return selectors.listed(self.actor, self.request.query_params.get("practice", ""))

    @documented(request=SubmissionBody, responses={202: SubmissionAnswer})
    def post(self, request: Request) -> Response:
        submission = sending.send(actor=self.actor, **self.read(SubmissionBody))
        return Response(self.get_serializer(submission).data, status=202)


class OneSubmission(base.View):
    """One submission with its status, progress and counts."""

    permission_classes = [roles({"GET": EVERYONE})]
    from_above = True

    @documented(responses=SubmissionAnswer)
    def get(self, request: Request, id: int) -> Response:
        return Response(SubmissionAnswer(self.one(selectors.with_practice(self.actor), pk=id)).data)


class Confirm(base.View):
    """Confirms a checked submission, whose good rows are then taken into the books.

    Where the organisation signs off, a clerk's confirmation hands it over for signature: ``awaiting`` says so.
    """

    permission_classes = [roles({"POST": SENDERS})]

    @documented(request=None, responses={202: SubmissionAnswer})
    def post(self, request: Request, id: int) -> Response:
        submission = self.one(selectors.with_practice(self.actor), pk=id)
        return Response(SubmissionAnswer(services.confirm(actor=self.actor, submission=submission)).data, status=202)


class Cancel(base.View):
    """Withdraws a submission of which nothing has been taken yet."""

    permission_classes = [roles({"POST": SENDERS})]

    @documented(request=None, responses=SubmissionAnswer)
    def post(self, request: Request, id: int) -> Response:
        submission = self.one(selectors.with_practice(self.actor), pk=id)
        return Response(SubmissionAnswer(services.cancel(actor=self.actor, submission=submission)).data)


urlpatterns = [
    path("submissions/", Submissions.as_view(), name="submissions"),
    path("submissions/<int:id>/", OneSubmission.as_view(), name="submission"),
    path("submissions/<int:id>/confirm/", Confirm.as_view(), name="submission-confirm"),
    path("submissions/<int:id>/cancel/", Cancel.as_view(), name="submission-cancel"),
]

"""Submissions over HTTP: sending, watching, confirming and cancelling."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import path
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts import selectors as accounts
from backend.accounts.models import Organisation
from backend.api import base
from backend.api.permissions import EVERYONE, roles
from backend.api.schema import documented
from backend.problems import Invalid, Problem
from backend.throttles import allow
from programs.periods import selectors as periods
from programs.submissions import selectors, services
from programs.submissions.filters import SubmissionFilter
from programs.submissions.models import Submission

SENDERS = "partner officer"
OVERSIZE = 4


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
    period = base.CodeField()
    progress = serializers.SerializerMethodField()
    counts = Counts(source="*")
    submitted_by = serializers.CharField(source="submitted_by.username")
    sheet = serializers.SerializerMethodField()

    class Meta:
        model = Submission
        fields = [
            "id",
            "organisation",
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
            "submitted_by",
            "received_at",
            "checked_at",
            "confirmed_at",
            "committed_at",
            "error",
        ]

    def get_progress(self, submission: Submission) -> dict[str, int]:
        job = submission.job
        return {"done": job.done, "total": job.total} if job else {"done": 0, "total": 0}

    def get_sheet(self, submission: Submission) -> str:
        """The name of the sheet that was read, where the file has several."""
        return submission.meta.get("sheet") or ""


class SubmissionBody(serializers.Serializer):
    """A file (multipart), or ``records`` (JSON) with the column codes as keys."""

    organisation = base.CodeField(accounts.organisations, required=False, help_text="Bureau staff name whose it is.")
    period = base.CodeField(periods.periods)
    file = serializers.FileField(required=False, allow_empty_file=True)
    records = serializers.ListField(child=serializers.DictField(), required=False, allow_empty=True)
    policy = serializers.ChoiceField(Submission.Policy.choices, default=Submission.Policy.ACCEPT_GOOD_ROWS)
    confirm = serializers.ChoiceField(Submission.Confirm.choices, default=Submission.Confirm.MANUAL)
    force = serializers.BooleanField(default=False)


class Submissions(base.ListView):
    """Submissions; a partner sees and sends its own organisation's."""

    permission_classes = [roles({"GET": EVERYONE, "POST": SENDERS})]
    name = "submissions"
    serializer_class = SubmissionAnswer
    filterset_class = SubmissionFilter
    ordering = ("-id",)

    def get_queryset(self) -> QuerySet[Submission]:
        return selectors.submissions(self.actor)

    @documented(request=SubmissionBody, responses={202: SubmissionAnswer})
    def post(self, request: Request) -> Response:
        body = self.read(SubmissionBody)
        organisation = self._organisation(body)
        allow(f"uploads:{organisation.pk}", settings.UPLOADS_PER_HOUR, 3600)
        given = _bytes(body)
        submission = services.receive(
            actor=self.actor,
            organisation=organisation,
            period=body["period"],
            policy=body["policy"],
            confirm=body["confirm"],
            force=body["force"],
            **given,
        )
        return Response(self.get_serializer(submission).data, status=202)

    def _organisation(self, body: dict[str, Any]) -> Organisation:
        named = body.get("organisation")
        if not self.actor.sees_everything:
            if named is not None and named.pk != self.actor.organisation_id:
                raise Invalid([("organisation", "invalid", _("You can only submit for your own organisation."))])
            return self.actor.organisation
        if named is None or named.kind == Organisation.Kind.BUREAU:
            raise Invalid([("organisation", "required", _("Name the partner on whose behalf you submit."))])
        return named


def _bytes(body: dict[str, Any]) -> dict[str, Any]:
    """The bytes to seal, and what they are."""
    file, records = body.get("file"), body.get("records")
    if records is not None and file is None:
        data = services.records_as_bytes(body["period"].code, records)
        return {"data": data, "kind": "json"}
    if file is None or records is not None:
        raise Invalid([("file", "required", _("Send either a file or a list of records."))])
    # A file over the limit is taken in and refused by its checks (F04), so that the refusal stands in the books; one
    # many times over is not even taken in.
    most = settings.UPLOAD_BYTES * OVERSIZE
    if file.size > most:
        megabytes = most // (1024 * 1024)
        raise Problem(
            413,
            "too_large",
            _("The file is larger than %(size)s MB. Split it and send the parts.") % {"size": megabytes},
        )
    return {"data": file.read(), "kind": "file", "file_name": file.name or ""}


class OneSubmission(base.View):
    """One submission with its status, progress and counts."""

    permission_classes = [roles({"GET": EVERYONE})]

    @documented(responses=SubmissionAnswer)
    def get(self, request: Request, id: int) -> Response:
        return Response(SubmissionAnswer(self.one(selectors.submissions(self.actor), pk=id)).data)


class Confirm(base.View):
    """Confirms a checked submission, whose good rows are then taken into the books."""

    permission_classes = [roles({"POST": SENDERS})]

    @documented(request=None, responses={202: SubmissionAnswer})
    def post(self, request: Request, id: int) -> Response:
        submission = self.one(selectors.submissions(self.actor), pk=id)
        return Response(SubmissionAnswer(services.confirm(actor=self.actor, submission=submission)).data, status=202)


class Cancel(base.View):
    """Withdraws a submission of which nothing has been taken yet."""

    permission_classes = [roles({"POST": SENDERS})]

    @documented(request=None, responses=SubmissionAnswer)
    def post(self, request: Request, id: int) -> Response:
        submission = self.one(selectors.submissions(self.actor), pk=id)
        return Response(SubmissionAnswer(services.cancel(actor=self.actor, submission=submission)).data)


urlpatterns = [
    path("submissions/", Submissions.as_view(), name="submissions"),
    path("submissions/<int:id>/", OneSubmission.as_view(), name="submission"),
    path("submissions/<int:id>/confirm/", Confirm.as_view(), name="submission-confirm"),
    path("submissions/<int:id>/cancel/", Cancel.as_view(), name="submission-cancel"),
]

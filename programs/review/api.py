"""Decisions over HTTP, on one record and on as many as a filter finds; and what partners take back."""

from dataclasses import asdict
from typing import Any

from django.urls import path
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api import base
from backend.api.permissions import roles
from backend.api.schema import documented
from backend.jobs.models import Job
from programs.records import selectors as records
from programs.records.api import RecordDetail, RecordView
from programs.review import choosing, services, withdrawing
from programs.review.rulings import Kind
from programs.review.services import LONGEST_REASON
from programs.submissions import selectors as submissions
from programs.submissions.api import SubmissionAnswer

MOST_IDS = 200_000
LARGEST_ID = 2**63 - 1


class DecisionBody(serializers.Serializer):
    """Why."""

    reason = serializers.CharField(max_length=LONGEST_REASON, required=False, allow_blank=True, default="")


class DecideBody(DecisionBody):
    """Which records, and what is decided on them."""

    filter = serializers.DictField(required=False, help_text="Filters of records/, submission among them.")
    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID),
        required=False,
        allow_empty=False,
        max_length=MOST_IDS,
    )
    decision = serializers.ChoiceField(choices=Kind.choices)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("filter" in attrs) == ("ids" in attrs):
            message = _("Give either a filter or ids, so that it is plain what is decided on.")
            raise serializers.ValidationError({"filter": message})
        return attrs


class SkippedAnswer(serializers.Serializer):
    """A record that was passed over, in the state in which it was found, and the lot that keeps it if one does."""

    id = serializers.IntegerField()
    state = serializers.CharField()
    lot = serializers.IntegerField(required=False)


class DecidedAnswer(serializers.Serializer):
    """What came of a decision on many records."""

    decided = serializers.IntegerField(help_text="Records, or pending amendments of records, now decided so.")
    standing = serializers.IntegerField(help_text="Records decided so before.")
    skipped = SkippedAnswer(many=True, help_text="Records that could not be decided so; the first hundred.")
    skipped_count = serializers.IntegerField()


class QueuedAnswer(serializers.Serializer):
    """The job that will decide."""

    id = serializers.IntegerField()
    status = serializers.CharField()


class DecideOne(RecordView):
    """A decision on one record, or on its pending amendment. The same again answers alike; another one is a 409."""

    permission_classes = [roles({"POST": "officer"})]
    decision = Kind.VERIFY

    @documented(request=DecisionBody, responses=RecordDetail)
    def post(self, request: Request, id: int) -> Response:
        reason = self.read(DecisionBody)["reason"]
        services.decide_one(record_id=id, decision=self.decision, reason=reason, actor=self.actor)
        return Response(self.answer(id))


class DecideMany(base.View):
    """A decision on many records: at once up to 5,000, above that as a job."""

    permission_classes = [roles({"POST": "officer"})]

    @documented(request=DecideBody, responses={200: DecidedAnswer, 202: QueuedAnswer})
    def post(self, request: Request) -> Response:
        body = self.read(DecideBody)
        if "filter" in body:
            chosen = choosing.by_filter(body["filter"], actor=self.actor, request=self.request)
        else:
            chosen = choosing.by_ids(body["ids"])
        outcome = choosing.decide(chosen, decision=body["decision"], reason=body["reason"], actor=self.actor)
        if isinstance(outcome, Job):
            return Response({"id": outcome.pk, "status": outcome.state}, status=202)
        return Response(outcome.as_dict())


class WithdrawBody(serializers.Serializer):
    """Why it is taken back."""

    reason = serializers.CharField(max_length=LONGEST_REASON)


class WithdrawRecord(RecordView):
    """Takes back a record reported in error before it is verified, or its amendment before it is decided."""

    permission_classes = [roles({"POST": "partner"})]

    @documented(request=WithdrawBody, responses=RecordDetail)
    def post(self, request: Request, id: int) -> Response:
        self.one(records.records(self.actor), pk=id)
        withdrawing.withdraw_record(actor=self.actor, record_id=id, reason=self.read(WithdrawBody)["reason"])
        return Response(self.answer(id))


class WithdrawnAnswer(SubmissionAnswer):
    """The submission, and how much of it was taken back."""

    withdrawn = serializers.DictField(
        child=serializers.IntegerField(), help_text="records, amendments, and what stays because it was decided."
    )

    class Meta(SubmissionAnswer.Meta):
        fields = [*SubmissionAnswer.Meta.fields, "withdrawn"]


class WithdrawSubmission(base.View):
    """Takes back all of a submission that was not decided yet; what was decided stays."""

    permission_classes = [roles({"POST": "partner"})]

    @documented(request=WithdrawBody, responses=WithdrawnAnswer)
    def post(self, request: Request, id: int) -> Response:
        submission = self.one(submissions.submissions(self.actor), pk=id)
        reason = self.read(WithdrawBody)["reason"]
        outcome = withdrawing.withdraw_submission(actor=self.actor, submission=submission, reason=reason)
        now = self.one(submissions.submissions(self.actor), pk=id)
        return Response(SubmissionAnswer(now).data | {"withdrawn": asdict(outcome)})


urlpatterns = [
    path("records/<int:id>/withdraw/", WithdrawRecord.as_view()),
    path("submissions/<int:id>/withdraw/", WithdrawSubmission.as_view()),
    path("records/decide/", DecideMany.as_view()),
    *(path(f"records/<int:id>/{kind.value}/", DecideOne.as_view(decision=kind)) for kind in Kind),
]

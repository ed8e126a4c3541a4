"""Decisions over HTTP, on one record and on as many as a filter finds; and what partners take back."""

from dataclasses import asdict
from typing import Any

from django.urls import include, path
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
from programs.review import asking, choosing, previewing, services, withdrawing
from programs.review.rulings import Kind
from programs.review.safeguards import Why
from programs.review.services import LONGEST_REASON
from programs.submissions import selectors as submissions
from programs.submissions.api import SubmissionAnswer

MOST_IDS = 200_000
LARGEST_ID = 2**63 - 1


class DecisionBody(serializers.Serializer):
    """Why."""

    reason = serializers.CharField(max_length=LONGEST_REASON, required=False, allow_blank=True, default="")
    fields_asked = serializers.DictField(
        child=serializers.CharField(max_length=asking.LONGEST, allow_blank=True), required=False, default=dict
    )

    def get_fields(self) -> dict[str, serializers.Field]:
        # A serializer has an attribute of this name, so the field is declared under another one.
        found = super().get_fields()
        told = found.pop("fields_asked", None)
        return found if told is None else {**found, "fields": told}


class ChosenBody(serializers.Serializer):
    """Which records: those that a filter finds, or those with some ids."""

    filter = serializers.DictField(required=False, help_text="Filters of records/, submission among them.")
    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID),
        required=False,
        allow_empty=False,
        max_length=MOST_IDS,
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("filter" in attrs) == ("ids" in attrs):
            message = _("Give either a filter or ids, so that it is plain what is decided on.")
            raise serializers.ValidationError({"filter": message})
        return attrs


class DecideBody(ChosenBody, DecisionBody):
    """Which records, and what is decided on them."""

    decision = serializers.ChoiceField(choices=Kind.choices)


class PreviewBody(ChosenBody):
    """Which records, and what would be decided on them."""

    decision = serializers.ChoiceField(choices=Kind.choices)


class SkippedAnswer(serializers.Serializer):
    """A record that was passed over, in the state in which it was found, and the lot that keeps it if one does."""

    id = serializers.IntegerField()
    state = serializers.CharField()
    lot = serializers.IntegerField(required=False)
    why = serializers.ChoiceField(
        choices=[one.value for one in Why], required=False, help_text="Where the state is not the reason."
    )
    by = serializers.CharField(required=False, help_text="Who is at work on it.")
    since = serializers.DateTimeField(required=False)


class DecidedAnswer(serializers.Serializer):
    """What came of a decision on many records."""

    decided = serializers.IntegerField(help_text="Records, or pending amendments of records, now decided so.")
    standing = serializers.IntegerField(help_text="Records decided so before.")
    first_verified = serializers.IntegerField(
        help_text="Records verified by the first of two officers, still submitted."
    )
    run = serializers.IntegerField(allow_null=True, help_text="By which it can be undone.")
    skipped = SkippedAnswer(many=True, help_text="Records that could not be decided so; the first hundred.")
    skipped_count = serializers.IntegerField()


class MovesAnswer(serializers.Serializer):
    """Heads that would come, go, or move to another organisation, district, day and the like."""

    come = serializers.IntegerField()
    gone = serializers.IntegerField()
    moved = serializers.IntegerField()


class ReasonMovesAnswer(MovesAnswer):
    """The same for one of the ledger's reasons."""

    reason = serializers.CharField()


class TargetMovesAnswer(MovesAnswer):
    """The same for one target."""

    code = serializers.CharField()
    reasons = ReasonMovesAnswer(many=True)


class HeldByAnswer(serializers.Serializer):
    """How many of the records a colleague is at work on."""

    by = serializers.CharField()
    records = serializers.IntegerField()


class PreviewAnswer(serializers.Serializer):
    """What a decision on many records would come to."""

    decision = serializers.CharField()
    total = serializers.IntegerField()
    decided = serializers.IntegerField()
    standing = serializers.IntegerField()
    first_verified = serializers.IntegerField()
    skipped = SkippedAnswer(many=True)
    skipped_count = serializers.IntegerField()
    why = serializers.DictField(child=serializers.IntegerField(), help_text="By state or reason, how many are skipped.")
    held = HeldByAnswer(many=True)
    targets = TargetMovesAnswer(many=True)


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
        services.decide_one(record_id=id, decision=self.decision, actor=self.actor, **self.read(DecisionBody))
        return Response(self.answer_to_ones_act(id))


class DecideMany(base.View):
    """A decision on many records: at once up to 5,000, above that as a job."""

    permission_classes = [roles({"POST": "officer"})]

    @documented(request=DecideBody, responses={200: DecidedAnswer, 202: QueuedAnswer})
    def post(self, request: Request) -> Response:
        body = self.read(DecideBody)
        chosen = chosen_by(self, body)
        given = {name: body[name] for name in ("decision", "reason", "fields")}
        outcome = choosing.decide(chosen, actor=self.actor, **given)
        if isinstance(outcome, Job):
            return Response({"id": outcome.pk, "status": outcome.state}, status=202)
        return Response(outcome.as_dict())


def chosen_by(view: base.View, body: dict[str, Any]) -> choosing.Chosen:
    """The records that a body names. Raises Problem for a filter that cannot be read, and for unknown ids."""
    if "filter" in body:
        return choosing.by_filter(body["filter"], actor=view.actor, request=view.request)
    return choosing.by_ids(body["ids"], actor=view.actor)


class PreviewMany(base.View):
    """What a decision would do to the records and to each target; nothing of it is kept. Above 5,000 as a job."""

    permission_classes = [roles({"POST": "officer"})]

    @documented(request=PreviewBody, responses={200: PreviewAnswer, 202: QueuedAnswer})
    def post(self, request: Request) -> Response:
        body = self.read(PreviewBody)
        outcome = previewing.preview(chosen_by(self, body), decision=body["decision"], actor=self.actor)
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
        submission = self.one(submissions.with_practice(self.actor), pk=id)
        reason = self.read(WithdrawBody)["reason"]
        outcome = withdrawing.withdraw_submission(actor=self.actor, submission=submission, reason=reason)
        now = self.one(submissions.submissions(self.actor), pk=id)
        return Response(SubmissionAnswer(now).data | {"withdrawn": asdict(outcome)})


urlpatterns = [
    path("", include("programs.review.claims_api")),
    path("", include("programs.review.runs_api")),
    path("", include("programs.review.threads_api")),
    path("", include("programs.review.desk_api")),
    path("records/<int:id>/withdraw/", WithdrawRecord.as_view()),
    path("submissions/<int:id>/withdraw/", WithdrawSubmission.as_view()),
    path("records/decide/", DecideMany.as_view()),
    path("records/decide/preview/", PreviewMany.as_view()),
    *(path(f"records/<int:id>/{kind.value}/", DecideOne.as_view(decision=kind)) for kind in Kind),
]

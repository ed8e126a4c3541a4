"""What was decided in one act, and undoing it."""

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api import base
from backend.api.permissions import roles
from backend.api.schema import documented
from backend.jobs.models import Job
from programs.records import selectors as records
from programs.records.api import RecordDetail, RecordView
from programs.records.models import DecisionRun
from programs.review import selectors, undoing
from programs.review.api import QueuedAnswer
from programs.review.filters import RunFilter


class RunAnswer(serializers.Serializer):
    """One act of deciding."""

    id = serializers.IntegerField()
    decision = serializers.CharField()
    reason = serializers.CharField()
    decided = serializers.IntegerField()
    undone = serializers.IntegerField()
    job = serializers.IntegerField(source="job_id", allow_null=True)
    lot = serializers.IntegerField(
        source="asked.lot", allow_null=True, default=None, help_text="The lot whose verdict it carries out."
    )
    decided_by = serializers.CharField(source="decided_by.username")
    decided_at = serializers.DateTimeField()


class UndoBody(serializers.Serializer):
    """Why; needed where a colleague decided."""

    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=undoing.LONGEST_REASON)


class StaysAnswer(serializers.Serializer):
    """A record whose decision stays, and why."""

    id = serializers.IntegerField()
    why = serializers.CharField()


class UndoneAnswer(serializers.Serializer):
    """What came of undoing."""

    undone = serializers.IntegerField()
    stays = StaysAnswer(many=True, help_text="The first hundred.")
    stays_count = serializers.IntegerField()
    why = serializers.DictField(child=serializers.IntegerField())


class Runs(base.ListView):
    """Acts of deciding, the latest first."""

    permission_classes = [roles({"GET": "officer admin"})]
    name = "decision-runs"
    serializer_class = RunAnswer
    filterset_class = RunFilter
    ordering = ("-id",)

    def get_queryset(self) -> QuerySet[DecisionRun]:
        return selectors.runs(self.actor)


class OneRun(base.View):
    """One act of deciding."""

    permission_classes = [roles({"GET": "officer admin"})]

    @documented(responses=RunAnswer)
    def get(self, request: Request, id: int) -> Response:
        return Response(RunAnswer(self.one(selectors.runs(self.actor), pk=id)).data)


class UndoRun(base.View):
    """Undoes all of it that nothing rests on; what stays is listed. Above 5,000 records as a job."""

    permission_classes = [roles({"POST": "officer"})]

    @documented(request=UndoBody, responses={200: UndoneAnswer, 202: QueuedAnswer})
    def post(self, request: Request, id: int) -> Response:
        run = self.one(selectors.runs(self.actor), pk=id)
        outcome = undoing.undo_run(run=run, reason=self.read(UndoBody)["reason"], actor=self.actor)
        if isinstance(outcome, Job):
            return Response({"id": outcome.pk, "status": outcome.state}, status=202)
        return Response(outcome.as_dict())


class UndoOne(RecordView):
    """Undoes the latest decision on a record, or on its amendment, if nothing rests on it."""

    permission_classes = [roles({"POST": "officer"})]

    @documented(request=UndoBody, responses=RecordDetail)
    def post(self, request: Request, id: int) -> Response:
        self.one(records.records(self.actor), pk=id)
        undoing.undo_one(record_id=id, reason=self.read(UndoBody)["reason"], actor=self.actor)
        return Response(self.answer_to_ones_act(id))


urlpatterns = [
    path("decision-runs/", Runs.as_view()),
    path("decision-runs/<int:id>/", OneRun.as_view()),
    path("decision-runs/<int:id>/undo/", UndoRun.as_view()),
    path("records/<int:id>/undo/", UndoOne.as_view()),
]

"""Lists of people over HTTP: handed in, answered by a job, read and downloaded."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api import base
from backend.api.permissions import roles
from backend.api.schema import documented
from programs.checklists import selectors, services
from programs.checklists.filters import CheckListFilter, narrowed
from programs.checklists.models import CheckList
from programs.checklists.reasons import Why
from programs.checklists.showing import refusal, told

ASKERS = "partner officer"


class CheckListBody(serializers.Serializer):
    """A file (multipart) or ``people`` (JSON), each with ``name`` and ``id_number``, and ``id_type`` where needed."""

    file = serializers.FileField(required=False, allow_empty_file=True)
    people = serializers.ListField(child=serializers.DictField(), required=False, max_length=200_000)


class CheckListAnswer(serializers.ModelSerializer):
    """A list: how far its answer is, and how many of its people count."""

    status = serializers.SerializerMethodField()
    job = serializers.IntegerField(source="job_id", allow_null=True)
    asked_by = serializers.CharField()
    error = serializers.SerializerMethodField()

    class Meta:
        model = CheckList
        fields = [
            "id",
            "status",
            "job",
            "file_name",
            "rows",
            "counted",
            "not_counted",
            "error",
            "asked_by",
            "asked_at",
            "done_at",
        ]

    def get_status(self, check_list: CheckList) -> str:
        """``checking``, ``done``, or ``refused`` where it could not be read; ``failed`` where its job did."""
        if check_list.done_at is not None:
            return "refused" if check_list.error else "done"
        return "failed" if check_list.job is not None and check_list.job.state == "failed" else "checking"

    def get_error(self, check_list: CheckList) -> str:
        """Why it could not be read."""
        return refusal(check_list)


class TowardAnswer(serializers.Serializer):
    """One target: whether the person counts towards it, and why not."""

    target = serializers.CharField()
    counted = serializers.BooleanField()
    since = serializers.DateField(allow_null=True)
    basis = serializers.CharField()
    organisation = serializers.CharField()
    why = serializers.ListField(child=serializers.ChoiceField([one.value for one in Why]))
    reasons = serializers.ListField(child=serializers.CharField())


class LineAnswer(serializers.Serializer):
    """One line of a list, and what came of it; the number masked."""

    row = serializers.IntegerField()
    name = serializers.CharField()
    id_type = serializers.CharField()
    number = serializers.CharField()
    person = serializers.IntegerField(allow_null=True)
    counted = serializers.BooleanField()
    targets = TowardAnswer(many=True)
    why = serializers.ListField(child=serializers.ChoiceField([one.value for one in Why]))
    reasons = serializers.ListField(child=serializers.CharField())
    where = serializers.CharField(help_text="Submission and row, where it stands in one that was not taken.")


class CheckLists(base.ListView):
    """Lists that were handed in, the latest first; handing in another."""

    permission_classes = [roles({"GET": ASKERS, "POST": ASKERS})]
    name = "check-lists"
    serializer_class = CheckListAnswer
    ordering = ("-id",)
    reading = True

    def get_queryset(self) -> QuerySet[CheckList]:
        return selectors.check_lists(self.actor)

    @documented(request=CheckListBody, responses={202: CheckListAnswer})
    def post(self, request: Request) -> Response:
        return Response(
            CheckListAnswer(services.hand_in(actor=self.actor, **self.read(CheckListBody))).data, status=202
        )


class OneCheckList(base.View):
    """One list."""

    permission_classes = [roles({"GET": ASKERS})]

    @documented(responses=CheckListAnswer)
    def get(self, request: Request, id: int) -> Response:
        return Response(CheckListAnswer(self.one(selectors.check_lists(self.actor), pk=id)).data)


class Result(base.ListView):
    """What came of each line of a list, in its order."""

    permission_classes = [roles({"GET": ASKERS})]
    name = "check-list"
    serializer_class = LineAnswer
    filterset_class = CheckListFilter

    def get_queryset(self) -> list[dict[str, Any]]:  # type: ignore[override]  # a computed list
        check_list = self.one(selectors.check_lists(self.actor), pk=self.kwargs["id"])
        return narrowed(services.result(check_list), self.request.query_params)

    def present(self, rows: Sequence[Any]) -> list[Any]:
        return list(told(rows, self.actor))


urlpatterns = [
    path("people/check-list/", CheckLists.as_view()),
    path("people/check-list/<int:id>/", OneCheckList.as_view()),
    path("people/check-list/<int:id>/result/", Result.as_view()),
]

"""Background jobs over HTTP: what is under way, how far it is, and what came of it."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api import base
from backend.api.permissions import EVERYONE, roles
from backend.api.schema import documented
from backend.jobs import selectors
from backend.jobs.filters import JobFilter
from backend.jobs.models import Job


class JobProgress(serializers.Serializer):
    """How far a job is, in its own units; total is 0 until it is known."""

    done = serializers.IntegerField()
    total = serializers.IntegerField()


class JobAnswer(serializers.Serializer):
    """A background job."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    state = serializers.ChoiceField(choices=Job.State.choices)
    progress = JobProgress()
    organisation = serializers.CharField(allow_null=True)
    subject_id = serializers.IntegerField(allow_null=True)
    result = serializers.DictField()
    error = serializers.CharField()
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


def answer(row: dict[str, Any]) -> dict[str, Any]:
    """A job's columns as they are answered."""
    return {
        "id": row["id"],
        "kind": row["kind"],
        "state": row["state"],
        "progress": {"done": row["done"], "total": row["total"]},
        "organisation": row["organisation__code"],
        **{name: row[name] for name in ("subject_id", "result", "error", "created_at", "finished_at")},
    }


PATHS = (
    *("id", "kind", "state", "done", "total", "organisation__code"),
    *("subject_id", "result", "error", "created_at", "finished_at"),
)


class Jobs(base.ListView):
    """Background jobs, the newest first. Partners see their organisation's."""

    permission_classes = [roles({"GET": EVERYONE})]
    name = "jobs"
    serializer_class = JobAnswer
    filterset_class = JobFilter
    ordering = ("-id",)

    def get_queryset(self) -> QuerySet[Job, dict[str, Any]]:
        return selectors.jobs(self.actor).values(*PATHS)

    def present(self, rows: Sequence[Any]) -> list[Any]:
        return [answer(row) for row in rows]


class OneJob(base.View):
    """One background job."""

    permission_classes = [roles({"GET": EVERYONE})]

    @documented(responses=JobAnswer)
    def get(self, request: Request, id: int) -> Response:
        return Response(answer(self.one(selectors.jobs(self.actor).values(*PATHS), pk=id)))


urlpatterns = [path("jobs/", Jobs.as_view()), path("jobs/<int:id>/", OneJob.as_view())]

"""Snapshots over HTTP: publishing, what was published, what has changed since, and whether the chain holds.

Managers publish; officers and administrators read; partners see none.
"""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api import base
from backend.api.permissions import roles
from backend.api.schema import documented
from programs.snapshots import selectors, services, showing
from programs.snapshots.answers import (
    FAULTS,
    DraftAnswer,
    FigureRow,
    PreviewParameters,
    PublishBody,
    RestatementAnswer,
    RestatementParameters,
    SnapshotAnswer,
    SnapshotDetail,
    VerdictAnswer,
)
from programs.snapshots.canonical import canonical
from programs.snapshots.filters import SnapshotFilter
from programs.snapshots.models import Snapshot
from programs.snapshots.restating import restate
from programs.snapshots.verifying import verify
from programs.targets import selectors as targets

READERS: list[Any] = [roles({"GET": "officer manager admin"})]


class Snapshots(base.ListView):
    """What was published, the latest first; a snapshot's own address has its figures."""

    permission_classes = [roles({"GET": "officer manager admin", "POST": "manager"})]
    name = "snapshots"
    serializer_class = SnapshotAnswer
    filterset_class = SnapshotFilter
    ordering = ("-number",)

    def get_queryset(self) -> QuerySet[Snapshot]:
        return selectors.snapshots(self.actor).defer("content", "previous__content")

    @documented(request=PublishBody, responses={201: SnapshotDetail})
    def post(self, request: Request) -> Response:
        snapshot = services.publish(actor=self.actor, **self.read(PublishBody))
        return Response(SnapshotDetail(snapshot).data, status=201)


class Preview(base.View):
    """What publishing now would freeze; changes nothing."""

    permission_classes = [roles({"GET": "manager"})]

    @documented(responses=DraftAnswer, parameters=[PreviewParameters])
    def get(self, request: Request) -> Response:
        asked = self.params(PreviewParameters)
        plan = self.one(targets.plans(self.actor), code=asked.pop("plan"))
        drawn = services.draft(actor=self.actor, plan=plan, **asked)
        answer = {
            "plan": plan.code,
            "as_of": drawn.moment.as_of,
            "known_at": drawn.moment.known_at,
            "pending": drawn.pending,
            "rule": drawn.rule,
            "content": drawn.content,
        }
        return Response(DraftAnswer(answer).data)


class Verify(base.View):
    """Whether every snapshot is what was published; names the first that is not."""

    permission_classes = READERS

    @documented(responses=VerdictAnswer)
    def get(self, request: Request) -> Response:
        self.params(serializers.Serializer)
        verdict = verify()
        broken = verdict.broken and {
            "number": verdict.broken.number,
            "id": verdict.broken.id,
            "fault": verdict.broken.fault.value,
            "text": FAULTS[verdict.broken.fault] % {"number": verdict.broken.number},
        }
        answer = {"intact": verdict.intact, "checked": verdict.checked, "head": verdict.head, "broken": broken}
        return Response(VerdictAnswer(answer).data)


class OneSnapshot(base.View):
    """One snapshot with all that it holds."""

    permission_classes = READERS

    @documented(responses=SnapshotDetail)
    def get(self, request: Request, id: int) -> Response:
        return Response(SnapshotDetail(self.one(selectors.snapshots(self.actor), pk=id)).data)


class Canonical(base.View):
    """The bytes whose SHA-256 is the snapshot's digest: JSON by RFC 8785, the digest of the one before among it."""

    permission_classes = READERS
    fixed_type = True

    @documented(responses={(200, "application/json"): OpenApiTypes.OBJECT})
    def get(self, request: Request, id: int) -> HttpResponse:
        snapshot = self.one(selectors.snapshots(self.actor), pk=id)
        text = canonical(snapshot, snapshot.previous.digest if snapshot.previous else None)
        name = f"snapshot-{snapshot.number}.json"
        return HttpResponse(
            text,
            content_type="application/json",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


class Figures(base.ListView):
    """Every number of a snapshot as a row: for each target the whole, the parts of each dimension, the months."""

    permission_classes = READERS
    name = "snapshot"
    serializer_class = FigureRow
    queryset = Snapshot.objects.none()  # what the schema goes by

    def get_queryset(self) -> Any:
        return list(showing.figure_rows(self.one(selectors.snapshots(self.actor), pk=self.kwargs["id"])))


class Restatement(base.View):
    """What has changed since a snapshot was published: figures, reasons, parts, and all of it in sentences."""

    permission_classes = READERS

    @documented(responses=RestatementAnswer, parameters=[RestatementParameters])
    def get(self, request: Request, id: int) -> Response:
        asked = self.params(RestatementParameters)
        snapshot = self.one(selectors.snapshots(self.actor), pk=id)
        found = restate(actor=self.actor, snapshot=snapshot, known_at=asked.get("known_at"))
        return Response(RestatementAnswer(showing.restated(found)).data)


urlpatterns = [
    path("snapshots/", Snapshots.as_view()),
    path("snapshots/preview/", Preview.as_view()),
    path("snapshots/verify/", Verify.as_view()),
    path("snapshots/<int:id>/", OneSnapshot.as_view()),
    path("snapshots/<int:id>/canonical.json", Canonical.as_view()),
    path("snapshots/<int:id>/figures/", Figures.as_view()),
    path("snapshots/<int:id>/restatement/", Restatement.as_view()),
]

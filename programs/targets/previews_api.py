"""Previews of plan files over HTTP, whom they would count otherwise, and applying them."""

from collections.abc import Mapping, Sequence
from typing import IO, Any

from django.core.exceptions import RequestDataTooBig
from django.db.models import QuerySet
from django.urls import path
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.parsers import BaseParser, FormParser
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api import base
from backend.api.parsers import JSONParser, MultiPartParser
from backend.api.permissions import roles
from backend.api.schema import documented
from programs.targets import previews, selectors
from programs.targets.filters import PlanChangeFilter, PlanPreviewFilter
from programs.targets.models import PlanChange, PlanPreview
from programs.targets.planfile import LARGEST
from programs.targets.showing import CHANGE_COLUMNS, shown_changes, state_of

READERS: list[Any] = [roles({"GET": "officer manager admin"})]


class TOMLParser(BaseParser):
    """A plan file as the body."""

    media_type = "application/toml"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The file as ``{"data": bytes}``.

        Raises:
            RequestDataTooBig: it is larger than any plan file.
        """
        data = stream.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise RequestDataTooBig("The plan file is too large.")
        return {"data": data}


class PlanPreviewBody(serializers.Serializer):
    """A plan file: as ``toml``, or as an uploaded ``file``; or the file alone as the body (application/toml)."""

    toml = serializers.CharField(required=False, trim_whitespace=False, max_length=LARGEST)
    file = serializers.FileField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("toml" in attrs) == ("file" in attrs):
            raise serializers.ValidationError({"toml": _("Give the plan file, as text or as a file.")})
        return attrs


class PlanPreviewAnswer(serializers.Serializer):
    """A preview. Until it is worked out its totals are empty; ``moved`` tells whether the books have moved since."""

    id = serializers.IntegerField()
    plan = serializers.CharField()
    state = serializers.ChoiceField(["queued", "running", "done", "failed", "cancelled"])
    error = serializers.CharField()
    sha256 = serializers.CharField()
    differences = serializers.ListField(child=serializers.DictField(), help_text="field, old, new.")
    totals = serializers.DictField(help_text="By target: now, then, enter, leave, move, causes, organisations.")
    known_at = serializers.DateTimeField(allow_null=True)
    pending = serializers.IntegerField(help_text="Marks that were still to be settled then.")
    created_at = serializers.DateTimeField()
    applied_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()


class MovedSinceAnswer(serializers.Serializer):
    """How far the books have moved since the preview."""

    posted = serializers.IntegerField()
    pending = serializers.IntegerField()


class PreviewDetail(PlanPreviewAnswer):
    """A preview with its file."""

    toml = serializers.CharField()
    moved = MovedSinceAnswer(allow_null=True)


class PlanChangeAnswer(serializers.Serializer):
    """A person whom the plan would count otherwise."""

    id = serializers.IntegerField()
    target = serializers.CharField()
    change = serializers.ChoiceField(PlanChange.Kind.choices)
    cause = serializers.ChoiceField(PlanChange.Cause.choices)
    person = serializers.IntegerField()
    name = serializers.CharField(help_text="Masked for roles that do not read names.")
    id_number = serializers.CharField(help_text="Masked.")
    organisation = serializers.CharField()
    record = serializers.IntegerField()
    basis = serializers.CharField()
    effective_on = serializers.DateField()


class ApplyBody(serializers.Serializer):
    """Which preview it rests on, why, and whether it is applied although the books have moved since."""

    preview = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    reason = serializers.CharField(max_length=previews.LONGEST_REASON)
    anyway = serializers.BooleanField(default=False)


class AppliedAnswer(serializers.Serializer):
    """What applying did: persons marked, who are settled next."""

    plan = serializers.CharField()
    preview = serializers.IntegerField()
    marked = serializers.IntegerField()


def answered(preview: PlanPreview) -> dict[str, Any]:
    """A preview as it is answered."""
    state, error = state_of(preview)
    names = [str(name) for name in PlanPreviewAnswer().fields]
    computed = {"state": state, "error": error}
    return {name: computed[name] if name in computed else getattr(preview, name) for name in names}


class Preview(base.View):
    """Works out who would enter and who would leave if a plan file were applied; changes nothing."""

    permission_classes = [roles({"POST": "officer manager admin"})]
    parser_classes = [TOMLParser, JSONParser, MultiPartParser, FormParser]

    @documented(request=PlanPreviewBody, responses={202: PlanPreviewAnswer})
    def post(self, request: Request) -> Response:
        if isinstance(request.data, dict) and isinstance(request.data.get("data"), bytes):
            data = request.data["data"]
        else:
            body = self.read(PlanPreviewBody)
            data = body["toml"].encode() if "toml" in body else body["file"].read(LARGEST + 1)
        preview = previews.start_preview(data=data, actor=self.actor)
        return Response(answered(preview), status=202)


class Previews(base.ListView):
    """Previews of plan files, the latest first."""

    permission_classes = READERS
    name = "previews"
    serializer_class = PlanPreviewAnswer
    filterset_class = PlanPreviewFilter
    ordering = ("-id",)

    def get_queryset(self) -> QuerySet[PlanPreview]:
        return selectors.previews(self.actor)

    def present(self, rows: Sequence[Any]) -> list[Any]:
        return [answered(row) for row in rows]


class OnePreview(base.View):
    """One preview with its file, and how far the books have moved since."""

    permission_classes = READERS

    @documented(responses=PreviewDetail)
    def get(self, request: Request, id: int) -> Response:
        preview = self.one(selectors.previews(self.actor), pk=id)
        moved = previews.movements(preview) if preview.worked_out_at else None
        return Response(answered(preview) | {"toml": preview.text, "moved": moved})


class PreviewPeople(base.ListView):
    """Whom a previewed plan would count, count no more, or count otherwise."""

    permission_classes = READERS
    name = "preview-people"
    serializer_class = PlanChangeAnswer
    filterset_class = PlanChangeFilter
    queryset = PlanChange.objects.none()  # what the schema goes by; each preview has its own
    ordering = ("target", "change", "id")
    columns = CHANGE_COLUMNS

    def get_queryset(self) -> QuerySet[PlanChange]:
        if getattr(self, "swagger_fake_view", False):
            return PlanChange.objects.none()
        preview = self.one(selectors.previews(self.actor), pk=self.kwargs["id"])
        return selectors.plan_changes(self.actor, preview)

    def present(self, rows: Sequence[Any]) -> list[Any]:
        return shown_changes(rows, self.actor)

    def header(self) -> list[str]:
        return list(PlanChangeAnswer().fields)


class Apply(base.View):
    """Puts a previewed plan file into force; the difference is posted with the reason rule_changed."""

    permission_classes = [roles({"POST": "admin"})]

    @documented(request=ApplyBody, responses=AppliedAnswer)
    def post(self, request: Request, code: str) -> Response:
        body = self.read(ApplyBody)
        loaded = previews.apply(
            preview_id=body["preview"], plan=code, reason=body["reason"], anyway=body["anyway"], actor=self.actor
        )
        return Response({"plan": loaded.plan, "preview": body["preview"], "marked": loaded.marked})


urlpatterns = [
    path("plans/preview/", Preview.as_view(), name="plan-preview-new"),
    path("plans/previews/", Previews.as_view(), name="plan-previews"),
    path("plans/previews/<int:id>/", OnePreview.as_view(), name="plan-preview"),
    path("plans/previews/<int:id>/people/", PreviewPeople.as_view(), name="plan-preview-people"),
    path("plans/<str:code>/apply/", Apply.as_view(), name="plan-apply"),
]

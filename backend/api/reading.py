"""What there is to read about the API itself: the OpenAPI description, its pages, and what each problem means."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils import translation
from django.utils.text import format_lazy
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api import language
from backend.api.base import View
from backend.problems import ADDRESS, TITLES, NotFound


class ProblemKind(serializers.Serializer):
    """What a problem's type leads to."""

    type = serializers.CharField()
    title = serializers.CharField()


def kind(code: str) -> dict[str, Any]:
    """A problem's code as it is answered."""
    return {"type": ADDRESS + code, "title": format_lazy("{}", TITLES[code])}


class Open(View):
    """Open to everybody, without a login and without the database."""

    authentication_classes = []
    permission_classes = [AllowAny]


class Problems(Open):
    """Every kind of problem that the API may answer."""

    @extend_schema(operation_id="problems_list", responses=ProblemKind(many=True), auth=[])
    def get(self, request: Request) -> Response:
        return Response([kind(code) for code in sorted(TITLES)])


class OneProblem(Open):
    """What one kind of problem means."""

    @extend_schema(responses=ProblemKind, auth=[])
    def get(self, request: Request, code: str) -> Response:
        if code not in TITLES:
            raise NotFound
        return Response(kind(code))


class Nowhere(Open):
    """Every address under ``/api/`` that is none."""

    schema = None  # type: ignore[assignment]  # not described

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        language.settle(request)
        raise NotFound


@lru_cache(maxsize=2 * len(settings.LANGUAGES))
def written(language: str, as_yaml: bool) -> bytes:
    """The description in the language that is active, made once in a process: it takes seconds, and anybody may ask."""
    renderer = OpenApiYamlRenderer() if as_yaml else OpenApiJsonRenderer()
    made: bytes = renderer.render(SchemaGenerator().get_schema(request=None, public=True))
    return made


class SchemaFile(SpectacularAPIView):
    """The OpenAPI description as JSON, or as YAML where that is accepted or ``?format=yaml`` asks for it."""

    renderer_classes = [OpenApiJsonRenderer2, OpenApiJsonRenderer, OpenApiYamlRenderer2, OpenApiYamlRenderer]

    def _get_schema_response(self, request: Request) -> HttpResponse:
        renderer = request.accepted_renderer
        name = self._get_filename(request, "")
        return HttpResponse(
            written(translation.get_language() or "", isinstance(renderer, OpenApiYamlRenderer)),
            content_type=renderer.media_type,
            headers={"Content-Disposition": f'inline; filename="{name}"'},
        )

    def _get_filename(self, request: Request, version: str) -> str:
        return f"shugu-v1.{request.accepted_renderer.format}"


class DocsPage(SpectacularSwaggerView):
    """The description as a page; everything that it needs comes from this server."""

    fixed_type = True

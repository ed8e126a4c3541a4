"""How endpoints are described: problems, shared headers and parameters are added to every one of them."""

from typing import Any

from drf_spectacular.contrib.django_filters import DjangoFilterExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import build_basic_type, is_list_serializer
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

PROBLEM_TYPE = "application/problem+json"
FILES = ("text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
WRITING = ("POST", "PUT", "PATCH", "DELETE")
WITH_BODY = ("POST", "PUT", "PATCH")
HOUR = r"^\d\d:\d\d(:\d\d(\.\d+)?)?$"

documented = extend_schema


class FieldErrorAnswer(serializers.Serializer):
    """What is wrong with one field."""

    field = serializers.CharField(help_text="Dotted path in the body, or the parameter; empty for the whole request.")
    code = serializers.CharField()
    message = serializers.CharField()


class ProblemAnswer(serializers.Serializer):
    """A problem (RFC 9457). Programs go by the code at the end of type."""

    type = serializers.CharField(help_text="Ends in the problem's code, such as already_exists.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = FieldErrorAnswer(many=True, required=False)  # type: ignore[assignment]  # a field, not the property


class StrictFilters(DjangoFilterExtension):
    """Filters are told from the filter set alone: the list behind an address with an id needs a request to be asked."""

    target_class = "backend.api.filters.StrictFilterBackend"
    priority = 1

    def get_schema_operation_parameters(self, auto_schema: Any, *args: Any, **kwargs: Any) -> list[dict[str, Any]]:
        filterset_class = getattr(auto_schema.view, "filterset_class", None)
        if filterset_class is None:
            return []
        model = filterset_class._meta.model
        return [
            parameter
            for name, one in filterset_class.base_filters.items()
            for parameter in self.resolve_filter_field(auto_schema, model, filterset_class, name, one)
        ]


class Schema(AutoSchema):
    """Adds to each operation what the base view gives it."""

    def get_override_parameters(self) -> list[Any]:
        languages = ["zh-hans", "en"]
        found = [OpenApiParameter("Accept-Language", str, "header", enum=languages, description="Of messages.")]
        if self.method in WRITING:
            text = "The same key and body again gives the first answer; another body is a 409."
            found.append(OpenApiParameter("Idempotency-Key", str, "header", description=text))
        return found

    def _get_format_parameters(self) -> list[Any]:
        # The paginator tells of format, with what it does.
        return []

    def _is_list_view(self, serializer: Any = None) -> bool:
        from backend.api.base import ListView

        page = self.method == "GET" and isinstance(self.view, ListView)
        return page or (serializer is not None and is_list_serializer(serializer))

    def _map_serializer_field(self, field: Any, direction: Any, bypass_extensions: bool = False) -> dict[str, Any]:
        found: dict[str, Any] = super()._map_serializer_field(field, direction, bypass_extensions)
        if isinstance(field, serializers.TimeField):
            # The format "time" has a zone; the hours of a day here are the bureau's.
            return {name: value for name, value in found.items() if name != "format"} | {"pattern": HOUR}
        return found

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        found = super()._get_response_bodies(direction)
        for status, text in self._problems().items():
            problem = OpenApiResponse(ProblemAnswer, description=text)
            if status not in found:
                found[status] = self._get_response_for_code(problem, status, [PROBLEM_TYPE], direction)
        return found

    def _problems(self) -> dict[str, str]:
        found = {"400": "What was sent cannot be taken.", "503": "The database does not answer at the moment."}
        if self.get_auth():
            found |= {"401": "Not signed in.", "403": "The role may not do this."}
        # A parameter may name something as well as a place in the address may.
        if self.get_auth() or "{" in self.path:
            found["404"] = "Not there, or not the caller's."
        if not getattr(self.view, "fixed_type", False):
            found["406"] = "None of the media types that are accepted can be given."
        if self.method in WITH_BODY:
            found["413"] = "More than is taken at once."
            found["415"] = "A body of a media type that is not taken."
        if self.method in WRITING:
            found["409"] = "A conflict, such as already_exists or idempotency_key_reused."
            found["429"] = "Too many requests."
            found["507"] = "No room is left to store this."
        return dict(sorted(found.items()))

    def _get_response_for_code(
        self, serializer: Any, status_code: str, media_types: Any = None, direction: Any = "response"
    ) -> dict[str, Any]:
        listed = self._is_list_view() and str(status_code) == "200" and not media_types
        answer = super()._get_response_for_code(
            serializer, status_code, ["application/json"] if listed else media_types, direction
        )
        if listed and "content" in answer:
            binary = {"schema": build_basic_type(OpenApiTypes.BINARY)}
            answer["content"] |= dict.fromkeys(FILES, binary)
        return answer

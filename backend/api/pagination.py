"""The API's face of keyset pages."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from backend.lists import keyset
from backend.lists.keyset import DEFAULT_LIMIT, MAX_LIMIT
from backend.problems import Invalid


class KeysetPagination(BasePagination):
    """``{next, previous, results}`` by cursor; ``?limit=`` 1 to 500; ``?count=exact`` adds ``count``.

    The view's ``ordering`` (``("-created_at", "id")``) says the order.
    """

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        self.request = request
        limit = keyset.limit_of(request.query_params.get("limit"))
        self.count = self._count(queryset)
        self.page = keyset.page(
            queryset,
            name=type(view).__name__,
            ordering=getattr(view, "ordering", ()),
            limit=limit,
            cursor=request.query_params.get("cursor", ""),
        )
        return self.page.rows

    def get_paginated_response(self, data: Any) -> Response:
        page = {"next": self._link(self.page.next), "previous": self._link(self.page.previous), "results": data}
        return Response(page if self.count is None else {"count": self.count, **page})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {
                "count": {"type": "integer", "description": "With count=exact."},
                "next": {**link, "description": "Absolute address of the next page."},
                "previous": {**link, "description": "Absolute address of the page before."},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        def parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
            return {"name": name, "in": "query", "required": False, "schema": schema, "description": description}

        size = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
        formats = {"type": "string", "enum": ["json", "csv", "xlsx"], "default": "json"}
        return [
            parameter("limit", size, "How many rows a page holds."),
            parameter("cursor", {"type": "string"}, "Where the page begins; taken from next or previous."),
            parameter("count", {"type": "string", "enum": ["exact"]}, "Adds count, the number of rows of all pages."),
            parameter("columns", {"type": "string"}, "Of a download: its columns, parted by commas, in this order."),
            parameter("format", formats, "csv and xlsx download the whole filtered list, whatever Accept says."),
        ]

    def _count(self, queryset: Any) -> int | None:
        asked = self.request.query_params.get("count")
        if asked is None:
            return None
        if asked != "exact":
            raise Invalid([("count", "invalid", _("count takes “exact” and nothing else."))])
        return len(queryset) if isinstance(queryset, list) else queryset.count()

    def _link(self, cursor: str | None) -> str | None:
        return replace_query_param(self.request.build_absolute_uri(), "cursor", cursor) if cursor else None

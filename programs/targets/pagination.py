"""Pages of one and the same moment, for lists that are read at one."""

from collections.abc import Callable
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from backend.api.pagination import KeysetPagination
from programs.targets.books import Moment
from programs.targets.parameters import told


class MomentPagination(KeysetPagination):
    """Pages of one and the same moment: it is told beside the results, and the links carry it on."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.moment: Moment = view.moment
        self.heads: Callable[[], int] = view.heads
        return super().paginate_queryset(queryset, request, view)

    def _count(self, queryset: Any) -> int | None:
        if isinstance(queryset, list):
            return super()._count(queryset)
        # The sum of the entries is the number of people behind them, and takes a fraction of the time to find.
        return self.heads() if super()._count([]) is not None else None

    def get_paginated_response(self, data: Any) -> Response:
        response = super().get_paginated_response(data)
        response.data = {**told(self.moment), **response.data}
        return response

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        described = super().get_paginated_response_schema(schema)
        described["properties"] = {
            "as_of": {"type": "string", "format": "date"},
            "known_at": {"type": "string", "format": "date-time"},
            **described["properties"],
        }
        return described

    def _link(self, cursor: str | None) -> str | None:
        link = super()._link(cursor)
        if link is not None:
            for name, value in told(self.moment).items():
                link = replace_query_param(link, name, value)
        return link

"""The API's face of a list's filters."""

from typing import Any

from django_filters import rest_framework as filters
from rest_framework.request import Request
from rest_framework.views import APIView

from backend.lists.filters import filtered, refuse_unknown


class StrictFilterBackend(filters.DjangoFilterBackend):
    """Narrows a list by its ``filterset_class``; the view's ``parameters`` are names that it reads by itself."""

    def filter_queryset(self, request: Request, queryset: Any, view: APIView) -> Any:
        filterset_class = getattr(view, "filterset_class", None)
        own = tuple(getattr(view, "parameters", ()))
        known = [*own, *(filterset_class.names() if filterset_class else ())]
        refuse_unknown(request.query_params, known)
        if filterset_class is None or isinstance(queryset, list):
            return queryset
        return filtered(filterset_class, request.query_params, queryset, request)

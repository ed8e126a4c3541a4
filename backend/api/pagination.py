"""Keyset pages: a page begins after a row, not at a number, so nothing is skipped or shown twice while rows come in."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from django.core import signing
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from backend.api.problems import Invalid, Problem

DEFAULT_LIMIT = 50
MAX_LIMIT = 500
PARAMETERS = ("limit", "cursor", "count", "format")


class Column:
    """One column of an ordering: its path, its direction, whether it can be null, and how its values are read.

    PostgreSQL puts nulls last going up and first going down; the comparisons here keep to that.
    """

    def __init__(self, queryset: QuerySet, term: str) -> None:
        self.path = term.lstrip("-")
        self.down = term.startswith("-")
        resolved = F(self.path).resolve_expression(queryset.query.clone())
        self.field = resolved.output_field
        self.nullable = self.path in queryset.query.annotations or _may_be_null(queryset.model, self.path)

    def term(self, backwards: bool) -> models.expressions.OrderBy:
        column = F(self.path)
        return column.desc() if self.down != backwards else column.asc()

    def beyond(self, value: Any, backwards: bool) -> Q:
        """The rows that come after ``value`` in this column."""
        down = self.down != backwards
        if value is None:
            return Q(**{f"{self.path}__isnull": False}) if down else Q(pk__in=[])
        after = Q(**{f"{self.path}__{'lt' if down else 'gt'}": value})
        return after | Q(**{f"{self.path}__isnull": True}) if self.nullable and not down else after

    def equal(self, value: Any) -> Q:
        return Q(**{f"{self.path}__isnull": True}) if value is None else Q(**{self.path: value})

    def bound(self, value: Any, backwards: bool) -> Q:
        """A plain range that holds every row at or after ``value``, for the index to start from; may hold all rows."""
        if self.nullable:
            return Q()
        return Q(**{f"{self.path}__{'lte' if self.down != backwards else 'gte'}": value})

    def read(self, value: Any) -> Any:
        return None if value is None else self.field.to_python(value)


def _may_be_null(model: type[models.Model], path: str) -> bool:
    for part in path.split("__"):
        try:
            field: Any = model._meta.pk if part == "pk" else model._meta.get_field(part)
        except FieldDoesNotExist:
            field = next((f for f in model._meta.fields if f.attname == part), None)
        if field is None or getattr(field, "null", True):
            return True
        if field.is_relation and field.related_model is not None:
            model = field.related_model
    return False


def after(columns: Sequence[Column], values: Sequence[Any], backwards: bool) -> Q:
    """The rows that come after the row with ``values`` in ``columns``."""
    found, same = Q(pk__in=[]), Q()
    for column, value in zip(columns, values, strict=True):
        found |= same & column.beyond(value, backwards)
        same &= column.equal(value)
    return columns[0].bound(values[0], backwards) & found


def value_of(row: Any, path: str) -> Any:
    """The value at ``path`` of a row that is a dict by path, or a model."""
    if isinstance(row, Mapping):
        return row[path]
    for part in path.split("__"):
        row = None if row is None else getattr(row, part)
    return row


class KeysetPagination(BasePagination):
    """``{next, previous, results}`` by cursor; ``?limit=`` 1 to 500; ``?count=exact`` adds ``count``.

    The view's ``ordering`` (``("-created_at", "id")``) says the order; ``pk`` is added where the last column is not
    unique, so rows that tie have an order too. A computed list (a ``list``) is cut by position.
    """

    signer = signing.Signer(salt="shugu.cursor")

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        self.request = request
        self.limit = limit_of(request)
        self.count = self._count(queryset)
        ordering = () if isinstance(queryset, list) else total_ordering(queryset, getattr(view, "ordering", ()))
        self.mark = [type(view).__name__, *ordering]
        backwards, values = self._cursor()
        if isinstance(queryset, list):
            return self._cut(queryset, values)
        columns = [Column(queryset, term) for term in ordering]
        if values is not None:
            queryset = queryset.filter(after(columns, self._read(columns, values), backwards))
        queryset = queryset.order_by(*(column.term(backwards) for column in columns))
        rows = list(queryset[: self.limit + 1])
        more, rows = len(rows) > self.limit, rows[: self.limit]
        if backwards:
            rows.reverse()
        paths = [column.path for column in columns]
        ends = [[value_of(row, path) for path in paths] for row in (rows[0], rows[-1])] if rows else []
        forward, back = (bool(rows), more) if backwards else (more, values is not None and bool(rows))
        self.next = self._link(ends[1], False) if forward else None
        self.previous = self._link(ends[0], True) if back else None
        return rows

    def get_paginated_response(self, data: Any) -> Response:
        page = {"next": self.next, "previous": self.previous, "results": data}
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
            parameter("format", formats, "csv and xlsx download the whole filtered list, whatever Accept says."),
        ]

    def _count(self, queryset: Any) -> int | None:
        asked = self.request.query_params.get("count")
        if asked is None:
            return None
        if asked != "exact":
            raise Invalid([("count", "invalid", _("count takes “exact” and nothing else."))])
        return len(queryset) if isinstance(queryset, list) else queryset.count()

    def _cut(self, rows: list[Any], values: list[Any] | None) -> list[Any]:
        start = values[0] if values else 0
        self.next = self._link([start + self.limit], False) if start + self.limit < len(rows) else None
        self.previous = self._link([max(0, start - self.limit)], True) if start > 0 else None
        return rows[start : start + self.limit]

    def _link(self, values: list[Any], backwards: bool) -> str:
        payload = orjson.dumps([self.mark, int(backwards), values], default=str)
        cursor = self.signer.sign(base64.urlsafe_b64encode(payload).decode().rstrip("="))
        return replace_query_param(self.request.build_absolute_uri(), "cursor", cursor)

    def _cursor(self) -> tuple[bool, list[Any] | None]:
        text = self.request.query_params.get("cursor")
        if not text:
            return False, None
        try:
            packed = self.signer.unsign(text)
            mark, backwards, values = orjson.loads(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
        except (signing.BadSignature, binascii.Error, orjson.JSONDecodeError, ValueError):
            raise bad_cursor() from None
        if mark != self.mark:
            raise bad_cursor()
        return bool(backwards), values

    def _read(self, columns: Sequence[Column], values: list[Any]) -> list[Any]:
        try:
            return [column.read(value) for column, value in zip(columns, values, strict=True)]
        except (ValidationError, ValueError):
            raise bad_cursor() from None


def limit_of(request: Request) -> int:
    """The page size asked for.

    Raises:
        Invalid: not a whole number from 1 to 500.
    """
    text = request.query_params.get("limit")
    if text is None:
        return DEFAULT_LIMIT
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= MAX_LIMIT):
        message = _("limit takes a whole number from 1 to %(most)d.") % {"most": MAX_LIMIT}
        raise Invalid([("limit", "invalid", message)])
    return int(text)


def bad_cursor() -> Problem:
    return Problem(400, "invalid_cursor", _("Take the cursor from next or previous of this same list, unchanged."))


def total_ordering(queryset: QuerySet, ordering: Sequence[str]) -> tuple[str, ...]:
    """``ordering`` with the primary key added, unless a column of it is unique and cannot be null."""
    meta = queryset.model._meta
    unique = {name for f in meta.fields if f.unique and not f.null for name in (f.name, f.attname)} | {"pk"}
    if any(term.lstrip("-") in unique for term in ordering):
        return tuple(ordering)
    down = bool(ordering) and ordering[-1].startswith("-")
    return (*ordering, f"-{meta.pk.name}" if down else meta.pk.name)

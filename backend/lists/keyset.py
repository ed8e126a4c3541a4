"""Keyset pages: a page begins after a row, not at a number, so nothing is skipped or shown twice while rows come in."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.core import signing
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from backend.problems import Invalid, Problem

DEFAULT_LIMIT = 50
MAX_LIMIT = 500
PARAMETERS = ("limit", "cursor", "count", "format", "columns")
"""The names that every list reads in an address, besides its filters."""

_signer = signing.Signer(salt="shugu.cursor")


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one page, and the cursors of the pages beside it; ``None`` where there is none."""

    rows: list[Any]
    next: str | None
    previous: str | None


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


def page(rows: Any, *, name: str, ordering: Sequence[str], limit: int, cursor: str = "") -> Page:
    """One page of a list.

    Args:
        rows: a queryset, or a computed ``list``, which is cut by position.
        name: of the list; a cursor of another list is refused.
        ordering: of a queryset, such as ``("-created_at", "id")``; ``pk`` is added where the last column is not unique,
            so rows that tie have an order too.
        limit: how many rows a page holds.
        cursor: where it begins; empty for the first page.

    Raises:
        Problem: 400 ``invalid_cursor``.
    """
    ordering = () if isinstance(rows, list) else total_ordering(rows, ordering)
    mark = [name, *ordering]
    backwards, values = _unpack(cursor, mark)
    if isinstance(rows, list):
        return _cut(rows, mark, values[0] if values else 0, limit)
    columns = [Column(rows, term) for term in ordering]
    beyond = None if values is None else _read(columns, values)
    if hasattr(rows, "found"):
        # Rows that are looked for in a way of their own find a page's themselves (``programs.roster.finding``).
        rows = rows.found(beyond, backwards, limit + 1)
    elif beyond is not None:
        rows = rows.filter(after(columns, beyond, backwards))
    rows = rows.order_by(*(column.term(backwards) for column in columns))
    found = list(rows[: limit + 1])
    more, found = len(found) > limit, found[:limit]
    if backwards:
        found.reverse()
    paths = [column.path for column in columns]
    ends = [[value_of(row, path) for path in paths] for row in (found[0], found[-1])] if found else []
    forward, back = (bool(found), more) if backwards else (more, values is not None and bool(found))
    return Page(
        found,
        _pack(mark, ends[1], False) if forward else None,
        _pack(mark, ends[0], True) if back else None,
    )


def limit_of(text: str | None) -> int:
    """The page size asked for.

    Raises:
        Invalid: not a whole number from 1 to 500.
    """
    if text is None:
        return DEFAULT_LIMIT
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= MAX_LIMIT):
        message = _("limit takes a whole number from 1 to %(most)d.") % {"most": MAX_LIMIT}
        raise Invalid([("limit", "invalid", message)])
    return int(text)


def total_ordering(queryset: QuerySet, ordering: Sequence[str]) -> tuple[str, ...]:
    """``ordering`` with the primary key added, unless a column of it is unique and cannot be null.

    A queryset whose rows are told apart by less says so by ``ordered_wholly_by``.
    """
    meta = queryset.model._meta
    unique = {name for f in meta.fields if f.unique and not f.null for name in (f.name, f.attname)} | {"pk"}
    unique |= getattr(queryset, "ordered_wholly_by", frozenset())
    if any(term.lstrip("-") in unique for term in ordering):
        return tuple(ordering)
    down = bool(ordering) and ordering[-1].startswith("-")
    return (*ordering, f"-{meta.pk.name}" if down else meta.pk.name)


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


def bad_cursor() -> Problem:
    return Problem(400, "invalid_cursor", _("Take the cursor from next or previous of this same list, unchanged."))


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


def _cut(rows: list[Any], mark: list[str], start: int, limit: int) -> Page:
    return Page(
        rows[start : start + limit],
        _pack(mark, [start + limit], False) if start + limit < len(rows) else None,
        _pack(mark, [max(0, start - limit)], True) if start > 0 else None,
    )


def _pack(mark: list[str], values: list[Any], backwards: bool) -> str:
    payload = orjson.dumps([mark, int(backwards), values], default=str)
    return _signer.sign(base64.urlsafe_b64encode(payload).decode().rstrip("="))


def _unpack(cursor: str, mark: list[str]) -> tuple[bool, list[Any] | None]:
    if not cursor:
        return False, None
    try:
        packed = _signer.unsign(cursor)
        own, backwards, values = orjson.loads(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
    except (signing.BadSignature, binascii.Error, orjson.JSONDecodeError, ValueError):
        raise bad_cursor() from None
    if own != mark:
        raise bad_cursor()
    return bool(backwards), values


def _read(columns: Sequence[Column], values: list[Any]) -> list[Any]:
    try:
        return [column.read(value) for column, value in zip(columns, values, strict=True)]
    except (ValidationError, ValueError):
        raise bad_cursor() from None

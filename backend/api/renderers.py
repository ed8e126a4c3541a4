"""JSON by orjson, and which of JSON, CSV and XLSX a request gets."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import orjson
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from rest_framework import negotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from backend.lists import tables
from backend.problems import Invalid

OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME


def dump(data: Any) -> bytes:
    """JSON of rows and answers; timestamps are written in the bureau's zone, decimals as text.

    Raises:
        TypeError: a value of a kind that the API has no way of writing (bytes, models).
    """
    return orjson.dumps(data, default=_plain, option=OPTIONS)


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).isoformat() if timezone.is_aware(value) else value.isoformat()
    if isinstance(value, dt.date | dt.time):  # the option above passes these on as well
        return value.isoformat()
    if isinstance(value, Decimal | Promise):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence | set | frozenset) and not isinstance(value, bytes | bytearray | memoryview):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


class JSONRenderer(BaseRenderer):
    """JSON by orjson."""

    media_type = "application/json"
    format = "json"
    charset = None
    render_style = "binary"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        return b"" if data is None else dump(data)


class _TableRenderer(BaseRenderer):
    """A page of rows as a table. Whole lists do not come this way: ``exports`` spools them to a file."""

    charset = None
    render_style = "binary"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        rows = data["results"] if isinstance(data, Mapping) and "results" in data else data
        rows = [rows] if isinstance(rows, Mapping) else list(rows or [])
        columns = list(dict.fromkeys(name for row in rows for name in row))
        with tables.spool(self.format, columns, [rows]) as file:
            return file.read()


class CSVRenderer(_TableRenderer):
    """Comma-separated text in UTF-8 with a byte order mark."""

    media_type = "text/csv"
    format = "csv"


class XLSXRenderer(_TableRenderer):
    """A workbook of one sheet."""

    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    format = "xlsx"


class Negotiation(negotiation.DefaultContentNegotiation):
    """``?format=`` decides, whatever ``Accept`` says; so does an address that gives one type only (``fixed_type``)."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderers = list(renderers)
        view = (request.parser_context or {}).get("view")
        if getattr(view, "fixed_type", False):
            return renderers[0], renderers[0].media_type
        wanted = format_suffix or request.query_params.get(self.settings.URL_FORMAT_OVERRIDE)
        if not wanted:
            return super().select_renderer(request, renderers, format_suffix)
        for renderer in renderers:
            if renderer.format == wanted:
                return renderer, renderer.media_type
        known = ", ".join(str(renderer.format) for renderer in renderers)
        message = _("“%(format)s” is not given here; use one of: %(known)s.") % {"format": wanted[:40], "known": known}
        raise Invalid([("format", "unknown_format", message)])

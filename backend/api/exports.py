"""Whole lists as files: read through a cursor in the request's transaction and scope, spooled, then sent."""

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.http import FileResponse
from django.utils import timezone
from rest_framework.renderers import BaseRenderer

from backend.lists import tables
from backend.lists.keyset import limit_of

if TYPE_CHECKING:
    from backend.api.base import ListView

BATCH = 2000


def download(view: "ListView", rows: Any, renderer: BaseRenderer) -> FileResponse:
    """The whole of a filtered list as a file, named by the list and the day.

    The file is complete before the answer begins: a stream would run after the request's transaction has ended, and
    outside its scope row security shows nothing.
    """
    limit_of(view.request.query_params.get("limit"))
    file = tables.write(str(renderer.format), view.chosen_header(), (view.present(batch) for batch in batches(rows)))
    name = f"{view.name}-{timezone.localdate():%Y%m%d}.{renderer.format}"
    content_type = "text/csv; charset=utf-8" if renderer.format == "csv" else renderer.media_type
    return FileResponse(file, as_attachment=True, filename=name, content_type=content_type)


def batches(rows: Any) -> Iterator[list[Any]]:
    """The rows in lists of ``BATCH``; a queryset is read through a server-side cursor."""
    source = iter(rows) if isinstance(rows, list) else rows.iterator(chunk_size=BATCH)
    while batch := list(islice(source, BATCH)):
        yield batch

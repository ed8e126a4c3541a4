"""A partner's file to a sheet, by what the file is."""

from collections.abc import Iterator
from typing import Any, BinaryIO

import polars as pl

from programs.intake.columns import LAYOUT
from programs.intake.layout import Layout
from programs.intake.readers import sniff
from programs.intake.readers.limits import Limits, Refused
from programs.intake.readers.sheet import Sheet, refused
from programs.intake.readers.text import read_text, text_parts
from programs.intake.readers.workbook import read_workbook


def read_file(data: bytes, limits: Limits, layout: Layout = LAYOUT) -> Sheet:
    """The sheet in a CSV, XLSX or XLS file, told by content alone.

    Runs in the reading process: a hostile file may end it. Use ``programs.intake.sandbox.read``.

    Returns:
        the sheet, with one fatal finding F01 to F06 if the file is refused.
    """
    try:
        if len(data) > limits.max_bytes:
            raise Refused("F04", reason="bytes", limit=limits.max_bytes, found=len(data))
        container = sniff.container(data)
    except Refused as refusal:
        return refused(refusal)
    if container == sniff.TEXT:
        return read_text(data, limits, layout)
    return read_workbook(data, container, limits, layout)


def file_parts(file: BinaryIO, limits: Limits, meta: dict[str, Any], layout: Layout = LAYOUT) -> Iterator[pl.DataFrame]:
    """The rows that ``read_file`` finds, part by part, so that a long text is never in mind as a whole.

    Args:
        file: the file, within the limit of bytes.
        limits: what reading it may cost.
        meta: becomes the sheet's meta.
        layout: the template's columns.

    Raises:
        Refused: F01 to F06, even after rows were found.
    """
    data = file.read()
    container = sniff.container(data)
    if container == sniff.TEXT:
        del data
        file.seek(0)
        yield from text_parts(file, limits, meta, layout)
        return
    sheet = read_workbook(data, container, limits, layout)
    meta |= sheet.meta
    yield sheet.frame

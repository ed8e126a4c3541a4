"""A sheet's rows packed in parts: so the reading process hands them over, and so they rest.

Each part is an Arrow IPC file behind its length, so that nobody has to have a long sheet in mind as a whole.
"""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import polars as pl

from programs.intake.readers.sheet import Sheet

PART = 25_000
"""Rows of one part."""

_LENGTH = struct.Struct(">Q")
_ONE_PIECE = b"ARROW1"
"""How rows begin that were put away in one piece, before there were parts."""


@dataclass(frozen=True, slots=True)
class PackedSheet:
    """A sheet (``programs.intake.readers.sheet.Sheet``) with its rows packed."""

    rows: bytes
    meta: dict[str, Any]

    def parts(self) -> Iterator[pl.DataFrame]:
        """The rows, part by part."""
        return unpack(self.rows)

    def whole(self) -> Sheet:
        """The sheet as it was before it was packed."""
        return Sheet(pl.concat(self.parts()), self.meta)


def pack_sheet(sheet: Sheet) -> PackedSheet:
    """The sheet with its rows packed."""
    return PackedSheet(b"".join(pack([sheet.frame])), sheet.meta)


def pack(frames: Iterable[pl.DataFrame]) -> Iterator[bytes]:
    """The rows, part by part, in whatever frames they come; one part at least, which says what columns there are."""
    waiting: list[pl.DataFrame] = []
    packed = False
    for frame in frames:
        waiting.append(frame)
        if sum(one.height for one in waiting) < PART:
            continue
        whole = pl.concat(waiting)
        full = whole.height - whole.height % PART
        for part in whole.head(full).iter_slices(PART):
            yield _packed(part)
            packed = True
        waiting = [whole.tail(-full)] if full else [whole]
    rest = pl.concat(waiting)
    if rest.height or not packed:
        yield _packed(rest)


def _packed(part: pl.DataFrame) -> bytes:
    body = BytesIO()
    part.rechunk().write_ipc(body, compression="zstd")
    return _LENGTH.pack(body.tell()) + body.getbuffer()


def unpack(rows: bytes) -> Iterator[pl.DataFrame]:
    """What ``pack`` packed, part by part."""
    if rows.startswith(_ONE_PIECE):
        yield pl.read_ipc(rows)
        return
    start = 0
    while start < len(rows):
        (length,) = _LENGTH.unpack_from(rows, start)
        start += _LENGTH.size
        yield pl.read_ipc(rows[start : start + length])
        start += length

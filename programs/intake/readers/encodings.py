"""Which encoding a text file is in, told strictly: a byte that does not fit refuses the file and names its line."""

import codecs
import io
import re
from collections.abc import Iterator
from contextlib import suppress

import polars as pl

from programs.intake.columns import LAYOUT
from programs.intake.layout import Layout
from programs.intake.readers.limits import Refused

_CELLS = re.compile(r'[,\t;\r\n"]')
_CONTROLS = bytes([*range(1, 9), *range(14, 32), 127])
CONTROLS_ONE_IN = 1000
"""A stray control character is carried along, more than one in so many bytes are no text."""

_PIECE = 4 << 20

_SHAPES = bytes(76 if 0xE3 <= byte <= 0xEF else 67 if 0x80 <= byte <= 0xBF else 46 for byte in range(256))
_TWO_UTF8 = b"LCCLCC"
"""Two Chinese characters in UTF-8, one after the other, by the shapes of their bytes; in GB18030 these would be three
characters hardly ever used."""


def decode(data: bytes, layout: Layout = LAYOUT) -> tuple[bytes, str]:
    """The text as UTF-8 without BOM, and the encoding that it came in.

    UTF-8 is tried before GB18030: Chinese in UTF-8 may pass for GB18030, hardly ever the other way round. UTF-16 needs
    no BOM where its text names columns of the template.

    Returns:
        the text and one of ``utf-8``, ``utf-8-sig``, ``utf-16-le``, ``utf-16-be``, ``gb18030``.

    Raises:
        Refused: F01 ``encoding`` (no encoding fits, or the file was cut off), ``mixed`` (lines in two encodings) or
            ``nul``, each with the line, or ``binary``.
    """
    if data.startswith(b"\xef\xbb\xbf"):
        body = data[3:]
        _no_nul(body)
        return _only(body, "utf-8"), "utf-8-sig"
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            text = _only(data[2:], encoding)
            _no_nul(text)
            return text, encoding
    if b"\0" in data:
        return _utf16_without_mark(data, layout)
    if (len(data) - len(data.translate(None, _CONTROLS))) * CONTROLS_ONE_IN > len(data):
        raise Refused("F01", reason="binary", line=None)
    try:
        return _strict(data, "utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        return _gb18030(data, error), "gb18030"


def _line(data: bytes, position: int) -> int:
    return data.count(b"\n", 0, position) + 1


def _no_nul(text: bytes) -> None:
    position = text.find(b"\0")
    if position >= 0:
        raise Refused("F01", reason="nul", line=_line(text, position))


def _strict(data: bytes, encoding: str) -> bytes:
    """``data`` in UTF-8.

    Raises:
        UnicodeDecodeError: if it is not ``encoding``.
    """
    if encoding == "utf-8":
        # What is none fails at its first lines as a rule, before much is done.
        codecs.getincrementaldecoder("utf-8")().decode(data[:_PIECE])
        # Polars checks UTF-8 without building the text, ten times faster; decoding then only says where it breaks.
        with suppress(pl.exceptions.ComputeError):
            pl.Series([data], dtype=pl.Binary).cast(pl.String)
            return data
    if encoding == "gb18030":
        text = io.BytesIO()
        text.writelines(_gb18030_pieces(data))
        return text.getvalue()
    return data.decode(encoding).encode()


def _gb18030_pieces(data: bytes) -> Iterator[bytes]:
    """The text in UTF-8, some lines at a time: as one it would take twice the file's room.

    No character of GB18030 holds the byte that ends a line.
    """
    start = 0
    while start < len(data):
        end = (data.find(b"\n", start + _PIECE) + 1) or len(data)
        try:
            yield data[start:end].decode("gb18030").encode()
        except UnicodeDecodeError as error:
            places = (start + error.start, start + error.end)
            raise UnicodeDecodeError("gb18030", data, *places, error.reason) from None
        start = end


def _only(data: bytes, encoding: str) -> bytes:
    """``data`` in UTF-8; F01 with the line at which it stops being ``encoding``."""
    try:
        return _strict(data, encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].decode(encoding).count("\n") + 1
        raise Refused("F01", reason="encoding", line=line) from None


def _utf16_without_mark(data: bytes, layout: Layout) -> tuple[bytes, str]:
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        named = {layout.header_code(cell) for cell in _CELLS.split(text[:20_000]) if cell}
        if "\0" not in text and len(named - {None}) > 1:
            return text.encode(), encoding
    raise Refused("F01", reason="nul", line=_line(data, data.find(b"\0")))


def _gb18030(data: bytes, not_utf8: UnicodeDecodeError) -> bytes:
    """``data`` read as GB18030; F01 if it is cut off, is something else, or holds lines of UTF-8."""
    broken: int | None = None
    text = b""
    try:
        text = _strict(data, "gb18030")
    except UnicodeDecodeError as error:
        broken = _line(data, error.start)
    foreign = _first_utf8_line(data)
    if broken is None and foreign is None:
        return text
    if _begins_as_utf8(data):
        line = _line(data, not_utf8.start)
        cut_off = not_utf8.end == len(data) and not_utf8.reason == "unexpected end of data"
        reason = "mixed" if not cut_off and _is(_bytes_of(data, not_utf8.start), "gb18030") else "encoding"
        raise Refused("F01", reason=reason, line=line)
    mixed = foreign is not None and (broken is None or foreign <= broken)
    raise Refused("F01", reason="mixed" if mixed else "encoding", line=foreign if mixed else broken)


def _bytes_of(data: bytes, position: int) -> bytes:
    """The line around a position."""
    end = data.find(b"\n", position)
    return data[data.rfind(b"\n", 0, position) + 1 : end if end >= 0 else len(data)]


def _is(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _first_utf8_line(data: bytes) -> int | None:
    """The first line that is whole UTF-8 with Chinese in it, from 1."""
    shapes = data.translate(_SHAPES)
    found = shapes.find(_TWO_UTF8)
    while found >= 0:
        if _is(_bytes_of(data, found), "utf-8"):
            return _line(data, found)
        end = data.find(b"\n", found)
        found = shapes.find(_TWO_UTF8, end) if end >= 0 else -1
    return None


def _begins_as_utf8(data: bytes) -> bool:
    """Whether the first line with anything beyond ASCII is UTF-8."""
    found = re.search(rb"[\x80-\xff]", data)
    return found is not None and _is(_bytes_of(data, found.start()), "utf-8")

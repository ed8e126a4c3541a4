"""An XLS workbook (OLE2 with BIFF inside, also WPS .et) looked through record by record before a reader touches it.

Sources: [MS-CFB] for the container, [MS-XLS] for the records.
"""

import io
import struct
from collections.abc import Iterator

import olefile

from programs.intake.readers.limits import Limits, Refused
from programs.intake.readers.ooxml import Package, Page
from programs.intake.readers.ruler import MARGIN

ENCRYPTED = ("EncryptedPackage", "EncryptionInfo")
STREAMS = ("Workbook", "Book")

_HEAD = struct.Struct("<HH")
_PLACE = struct.Struct("<HH")
_BOF, _EOF = 0x0809, 0x000A
_FILEPASS, _DATEMODE, _BOUNDSHEET = 0x002F, 0x0022, 0x0085
_FORMULA, _BOOLERR = 0x0006, 0x0205
_MULRK, _MULBLANK = 0x00BD, 0x00BE
_VALUES = frozenset((_FORMULA, _BOOLERR, _MULRK, 0x0203, 0x027E, 0x00FD, 0x0204, 0x00D6))
_BLANKS = frozenset((_MULBLANK, 0x0201))
_WORKSHEET = 0
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}


def look_through_xls(data: bytes, limits: Limits) -> Package:
    """Looks through an OLE2 container that may be a workbook.

    Raises:
        Refused: F05 for a password, on an XLS or on the XLSX that is sealed inside such a container; F01 for what is
            no workbook or is damaged; F04 for a visible sheet of more rows than allowed; F06 for a visible sheet that
            reaches much farther than it is filled.
    """
    stream = _workbook_stream(data)
    pages: list[tuple[Page, int]] = []
    date1904 = False
    for code, body in _records(stream, 0):
        if code == _FILEPASS:
            raise Refused("F05")
        if code == _DATEMODE:
            date1904 = body[:1] == b"\x01"
        if code == _BOUNDSHEET and len(body) > 8:
            start, state, kind = struct.unpack_from("<IBB", body)
            pages.append((Page(name=_name(body), part=None, visible=state & 3 == 0), start))
            if kind == _WORKSHEET:
                pages[-1][0].part = str(start)
    for page, start in pages:
        if page.part and page.visible:
            _measure(stream, page, start, limits)
    return Package([page for page, _ in pages], date1904)


def _workbook_stream(data: bytes) -> bytes:
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as container:
            if any(container.exists(name) for name in ENCRYPTED):
                raise Refused("F05")
            for name in STREAMS:
                if container.exists(name):
                    found: bytes = container.openstream(name).read()
                    return found
            if container.exists("WordDocument") or container.exists("PowerPoint Document"):
                raise Refused("F01", reason="document", line=None)
    except (OSError, ValueError, IndexError, struct.error, RecursionError):
        raise Refused("F01", reason="damaged", line=None) from None
    raise Refused("F01", reason="damaged", line=None)


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """The records of the substream that begins at a position, without those of charts embedded in it."""
    depth, end = 0, len(stream)
    while start + 4 <= end:
        code, length = _HEAD.unpack_from(stream, start)
        start += 4
        if code == _BOF:
            depth += 1
        elif code == _EOF:
            depth -= 1
            if depth <= 0:
                return
        elif depth == 1:
            yield code, stream[start : start + length]
        start += length
    raise Refused("F01", reason="damaged", line=None)


def _name(body: bytes) -> str:
    """A sheet's name from its BOUNDSHEET record; only for messages, so Excel 95's code pages are not told apart."""
    length, wide = body[6], body[7] & 1
    return body[8:].decode("utf-16-le" if wide else "latin-1", "replace")[:length]


def _measure(stream: bytes, page: Page, start: int, limits: Limits) -> None:
    rows: set[int] = set()
    last_row = last_column = cells = 0
    for code, body in _records(stream, start):
        if (code not in _VALUES and code not in _BLANKS) or len(body) < 6:
            continue
        row, column = _PLACE.unpack_from(body)
        wide = (len(body) - 6) // (6 if code == _MULRK else 2) if code in (_MULRK, _MULBLANK) else 1
        cells += wide
        if code in _BLANKS:
            continue
        rows.add(row)
        last_row, last_column = max(last_row, row + 1), max(last_column, column + wide)
        error = _error(code, body)
        if error:
            page.errors.setdefault(row + 1, {})[column] = error
        if len(rows) > limits.max_rows + MARGIN:
            raise Refused("F04", reason="rows", limit=limits.max_rows, found=None)
    if last_row * last_column > min(limits.max_area, max(limits.free_area, limits.max_sparseness * cells)):
        raise Refused("F06", reason="claims", part=page.name[:100])


def _error(code: int, body: bytes) -> str | None:
    if code == _BOOLERR and len(body) >= 8 and body[7]:
        return _ERRORS.get(body[6])
    if code == _FORMULA and len(body) >= 14 and body[12:14] == b"\xff\xff" and body[6] == 2:
        return _ERRORS.get(body[8])
    return None

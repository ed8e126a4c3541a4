"""An XLS workbook (BIFF in an OLE2 container, also WPS .et) looked through by record before a reader touches it.

Source: [MS-XLS].
"""

import struct
from collections.abc import Iterator

from programs.intake.readers.limits import Limits, Refused
from programs.intake.readers.ole import workbook_stream
from programs.intake.readers.ooxml import Package, Page
from programs.intake.readers.ruler import MARGIN

_HEAD = struct.Struct("<HH")
_PLACE = struct.Struct("<HH")
_SHARED = struct.Struct("<6xI")
_BOF, _EOF = 0x0809, 0x000A
_FILEPASS, _DATEMODE, _BOUNDSHEET = 0x002F, 0x0022, 0x0085
_STRINGS, _CONTINUE = 0x00FC, 0x003C
_FORMULA, _BOOLERR, _LABEL = 0x0006, 0x0205, 0x00FD
_MULRK, _MULBLANK = 0x00BD, 0x00BE
_VALUES = frozenset((_FORMULA, _BOOLERR, _MULRK, _LABEL, 0x0203, 0x027E, 0x0204, 0x00D6))
_BLANKS = frozenset((_MULBLANK, 0x0201))
_WORKSHEET = 0
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}

_WIDE, _EXTENDED, _RICH = 0x1, 0x4, 0x8
"""What a shared string's flags say: two bytes a character, with phonetic text behind it, with runs of fonts."""


def look_through_xls(data: bytes, limits: Limits) -> Package:
    """Looks through an OLE2 container that may be a workbook.

    Raises:
        Refused: F05 for a password, on an XLS or on the XLSX that is sealed inside such a container; F01 for what is
            no workbook or is damaged; F04 for a visible sheet of more rows than allowed; F06 for a visible sheet that
            reaches much farther than it is filled, or whose shared strings come to too much once written out.
    """
    stream = workbook_stream(data)
    pages: list[tuple[Page, int]] = []
    strings: list[bytes] = []
    date1904 = continued = False
    for code, body in _records(stream, 0):
        continued = code == _STRINGS or (code == _CONTINUE and continued)
        if code == _FILEPASS:
            raise Refused("F05")
        if continued:
            strings.append(body)
        if code == _DATEMODE:
            date1904 = body[:1] == b"\x01"
        if code == _BOUNDSHEET and len(body) > 8:
            start, state, kind = struct.unpack_from("<IBB", body)
            pages.append((Page(name=_name(body), part=None, visible=state & 3 == 0), start))
            if kind == _WORKSHEET:
                pages[-1][0].part = str(start)
    lengths = _lengths(strings)
    written = sum(_measure(stream, page, start, lengths, limits) for page, start in pages if page.part and page.visible)
    if written > limits.max_cell_bytes:
        raise Refused("F06", reason="unpacks", part=None)
    return Package([page for page, _ in pages], date1904)


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


def _lengths(strings: list[bytes]) -> list[int]:
    """Bytes that each shared string comes to; the strings lie in one record and those that continue it."""
    lengths: list[int] = []
    blocks = iter(strings)
    block, place = next(blocks, b""), 8
    try:
        while True:
            if place >= len(block):
                block, place = next(blocks), place - len(block)
                continue
            count, flags = struct.unpack_from("<HB", block, place)
            place += 3
            runs = extended = 0
            if flags & _RICH:
                (runs,) = struct.unpack_from("<H", block, place)
                place += 2
            if flags & _EXTENDED:
                (extended,) = struct.unpack_from("<I", block, place)
                place += 4
            width, left = 1 + (flags & _WIDE), count
            while (room := max(0, len(block) - place) // width) < left:
                # The rest stands in the next record, where it may have another width.
                left -= room
                block = next(blocks)
                place, width = 1, 1 + (block[0] & _WIDE)
            place += left * width + 4 * runs + extended
            lengths.append(count * (1 + (flags & _WIDE)))
    except (StopIteration, struct.error, IndexError):
        return lengths


def _measure(stream: bytes, page: Page, start: int, lengths: list[int], limits: Limits) -> int:
    """Bytes that a sheet's shared strings come to where that is worth asking; error cells go to the page."""
    rows: set[int] = set()
    last_row = last_column = cells = labels = 0
    for code, body in _records(stream, start):
        if (code not in _VALUES and code not in _BLANKS) or len(body) < 6:
            continue
        row, column = _PLACE.unpack_from(body)
        wide = (len(body) - 6) // (6 if code == _MULRK else 2) if code in (_MULRK, _MULBLANK) else 1
        cells += wide
        if code in _BLANKS:
            continue
        rows.add(row)
        labels += code == _LABEL
        last_row, last_column = max(last_row, row + 1), max(last_column, column + wide)
        error = _error(code, body)
        if error:
            page.errors.setdefault(row + 1, {})[column] = error
        if len(rows) > limits.max_rows + MARGIN:
            raise Refused("F04", reason="rows", limit=limits.max_rows, found=None)
    if last_row * last_column > min(limits.max_area, max(limits.free_area, limits.max_sparseness * cells)):
        raise Refused("F06", reason="claims", part=page.name[:100])
    if labels * max(lengths, default=0) <= limits.max_cell_bytes:
        return 0
    places = (_SHARED.unpack_from(body)[0] for code, body in _records(stream, start) if code == _LABEL and body[9:])
    return sum(lengths[place] for place in places if place < len(lengths))


def _error(code: int, body: bytes) -> str | None:
    if code == _BOOLERR and len(body) >= 8 and body[7]:
        return _ERRORS.get(body[6])
    if code == _FORMULA and len(body) >= 14 and body[12:14] == b"\xff\xff" and body[6] == 2:
        return _ERRORS.get(body[8])
    return None

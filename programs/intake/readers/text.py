"""Text files: which encoding, which delimiter, and the records, one row each whatever line breaks they hold."""

import csv
import io
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any, BinaryIO

import polars as pl

from programs.intake.columns import LAYOUT
from programs.intake.layout import Layout
from programs.intake.readers import sniff
from programs.intake.readers.encodings import decode
from programs.intake.readers.limits import Limits, Refused
from programs.intake.readers.sheet import HEADER_ROWS, Header, Sheet, find_header, finished, meta_of, name_of, refused

DELIMITERS = ",\t;"
_END = "\x01end\x01"
_BATCH = 10_000
_PIECE = 8 << 20
_BLANK = b" \t\r\n\x1a"


def read_text(data: bytes, limits: Limits, layout: Layout = LAYOUT) -> Sheet:
    """The sheet in a CSV file as a whole; see ``text_parts``.

    A refused file comes back as a sheet with a fatal finding: F01, F02, F03 or F04.
    """
    meta = meta_of("csv")
    try:
        return Sheet(pl.concat(text_parts(io.BytesIO(data), limits, meta, layout)), meta)
    except Refused as refusal:
        return refused(refusal, meta)


def text_parts(file: BinaryIO, limits: Limits, meta: dict[str, Any], layout: Layout = LAYOUT) -> Iterator[pl.DataFrame]:
    """The rows in a CSV file: UTF-8 with or without BOM, UTF-16, else GB18030; comma, tab or semicolon.

    Args:
        file: the file, which is read here so that nobody else keeps its bytes when they are decoded.
        limits: what it may hold.
        meta: becomes the sheet's meta.
        layout: the template's columns.

    Raises:
        Refused: F01, F02, F03 or F04, the last two once all rows are read.
    """
    meta["kind"] = "csv"
    text, meta["encoding"] = decode(file.read(), layout)
    _look_over(text, limits)
    delimiter, header = _best_header(text, layout)
    text = _without_blank_end(text, delimiter)
    meta |= {"delimiter": delimiter} | header.meta()
    header.check(limits)
    start, line = _below(text, header.last, delimiter)
    pieces = None
    if text.count(b"\n", start) <= _most_records(limits):
        pieces = _regular_pieces(text, start, delimiter)
    if pieces is not None:
        frames = _read_regular(text, pieces, delimiter, header)
    else:
        frames = _read_any(text, start, line, delimiter, header, limits)
    yield from finished(frames, header, limits)


def _without_blank_end(text: bytes, delimiter: str) -> bytes:
    """The text without the blank lines at its end, of which a spreadsheet may write a million."""
    filled = len(text.rstrip(_BLANK + delimiter.encode()))
    end = text.find(b"\n", filled)
    return text[: end + 1] if end >= 0 else text


def _look_over(text: bytes, limits: Limits) -> None:
    if not text.strip(_BLANK + DELIMITERS.encode()):
        raise Refused("F01", reason="empty", line=None)
    begins = len(text) - len(text.lstrip())
    sniff.refuse_markup(text[begins : begins + 2000].decode("utf-8", "ignore"))
    start = 0
    while len(text) - start > limits.max_line:
        end = text.rfind(b"\n", start, start + limits.max_line + 1)
        if end < 0:
            raise Refused("F04", reason="line", limit=limits.max_line, found=None)
        start = end + 1


def _most_records(limits: Limits) -> int:
    """Filled records that are read before they are told from totals and counted."""
    return 2 * limits.max_rows + 1000


def _lines(text: bytes, start: int = 0) -> Iterator[str]:
    source = io.BytesIO(text)
    source.seek(start)
    return io.TextIOWrapper(source, encoding="utf-8", newline="")


def _best_header(text: bytes, layout: Layout) -> tuple[str, Header]:
    """The delimiter by which the top of the text names most columns, and that header.

    Raises:
        Refused: F01 where no header was found before a cell that is far too long.
    """
    found, stumbled = [], 0
    for delimiter in DELIMITERS:
        reader = csv.reader(_lines(text), delimiter=delimiter)
        top: list[list[str]] = []
        try:
            top.extend(islice(reader, HEADER_ROWS))
        except csv.Error:
            stumbled = stumbled or reader.line_num
        found.append((delimiter, find_header(top, layout)))
    best = max(found, key=lambda pair: len(pair[1].places))
    if stumbled and not best[1].places:
        raise Refused("F01", reason="cell", line=stumbled)
    return best


def _below(text: bytes, records: int, delimiter: str) -> tuple[int, int]:
    """The position behind the first ``records`` records, and the number of its line from 1."""
    position = 0

    def lines() -> Iterator[str]:
        nonlocal position
        for line in _lines(text):
            position += len(line.encode())
            yield line

    reader = csv.reader(lines(), delimiter=delimiter)
    for _ in islice(reader, records):
        pass
    return position, reader.line_num + 1


def _regular_pieces(text: bytes, start: int, delimiter: str) -> list[slice] | None:
    """Where to cut the text from a position on into pieces of whole records; None if it is not regular throughout."""
    pieces = []
    while start < len(text):
        end = _end_of_piece(text, start)
        if not _regular(text[start:end], delimiter):
            return None
        pieces.append(slice(start, end))
        start = end
    return pieces


def _end_of_piece(text: bytes, start: int) -> int:
    """Some megabytes on, behind a record that is not blank: a blank one at its end would not be counted."""
    if len(text) - start <= _PIECE:
        return len(text)
    end, seen, quotes = start + _PIECE, start, 0
    while (end := text.find(b"\n", end) + 1) > 0:
        quotes += text.count(b'"', seen, end)
        seen = end
        if quotes % 2 == 0 and not text[:end].endswith((b"\n\n", b"\n\r\n"), start):
            return end
    return len(text)


def _regular(body: bytes, delimiter: str) -> bool:
    """Whether every quote in the body opens or closes a whole field or is doubled inside one.

    Then toggling at each quote, as the vectorised reader does, cuts the same fields as reading character by character.
    """
    if b"\r" in body and body.count(b"\r") != body.count(b"\r\n"):
        return False
    if b'"' not in body:
        return True
    if body.count(b'"') % 2:
        return False
    first, *between, last = body.split(b'"')[::2]
    mark = delimiter.encode()
    behind, before = (mark, b"\n", b"\r\n"), (mark, b"\n")
    return (
        (not first or first.endswith(before))
        and (not last or last.startswith(behind))
        and all(piece.startswith(behind) and piece.endswith(before) for piece in set(between) if piece)
    )


def _read_regular(text: bytes, pieces: list[slice], delimiter: str, header: Header) -> Iterator[pl.DataFrame]:
    head = delimiter.join(name_of(position) for position in range(header.width)).encode() + b"\n"
    row = header.last + 1
    for piece in pieces:
        frame = pl.read_csv(
            head + text[piece],
            separator=delimiter,
            infer_schema=False,
            columns=[name_of(position) for position in header.wanted()],
            truncate_ragged_lines=True,
            raise_if_empty=False,
        )
        yield frame.with_row_index("row", offset=row)
        row += frame.height


def _records(text: bytes, start: int, line: int, delimiter: str) -> Iterator[list[str]]:
    """Every record from a position on; F01 with the line at which one begins that cannot be read to its end."""
    reader = csv.reader(chain(_lines(text, start), ["\n", _END]), delimiter=delimiter)
    begun = 0
    try:
        for record in reader:
            if record == [_END]:
                return
            yield record
            if not record or not record[-1].endswith(_END):
                begun = reader.line_num
    except csv.Error:
        raise Refused("F01", reason="cell", line=line + begun) from None
    raise Refused("F01", reason="quote", line=line + begun)


def _read_any(
    text: bytes, start: int, line: int, delimiter: str, header: Header, limits: Limits
) -> Iterator[pl.DataFrame]:
    wanted = header.wanted()
    width = wanted[-1] + 1
    schema = {"row": pl.UInt32} | {name_of(position): pl.String for position in wanted}
    filled = enumerate(_records(text, start, line, delimiter), header.last + 1)
    rows = ((number, (record + [""] * (width - len(record)))[:width]) for number, record in filled if any(record))
    taken = 0
    while batch := list(islice(rows, _BATCH)):
        numbers, records = zip(*batch, strict=True)
        columns = list(zip(*records, strict=True))
        yield pl.DataFrame({"row": numbers} | {name_of(place): columns[place] for place in wanted}, schema=schema)
        taken += len(batch)
        if taken > _most_records(limits):
            raise Refused("F04", reason="rows", limit=limits.max_rows, found=None)

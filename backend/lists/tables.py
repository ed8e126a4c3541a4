"""Rows as CSV and XLSX, in bounded memory and without a cell that a spreadsheet would carry out."""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

import orjson
import xlsxwriter
from django.utils import timezone

# What a spreadsheet takes for a formula or a command, half and full width, once the space before it is gone.
DANGEROUS = frozenset("=+-@|\t\r\n＝＋－＠｜")
BLANK = " \u00a0\u3000\ufeff\u200b\u200c\u200d\u2060"
IN_MEMORY = 1024 * 1024
SHEET_ROWS = 1_048_576
CELL_CHARACTERS = 32_767
Row = Mapping[str, Any]


def inert(text: str) -> str:
    """``text`` as a cell that no spreadsheet takes for a formula: an apostrophe goes before what would be one."""
    rest = text.lstrip(BLANK)
    return "'" + text if rest and rest[0] in DANGEROUS else text


def cell(value: Any) -> str | int | float | bool | None:
    """One value as a cell: numbers stay numbers, everything else becomes inert text.

    Lists of plain values are joined by semicolons; what is nested deeper is written as JSON.
    """
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime):
        value = timezone.localtime(value) if timezone.is_aware(value) else value
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, list | tuple) and not any(isinstance(inner, Mapping | list | tuple) for inner in value):
        return inert("; ".join(str(inner) for inner in value))
    if isinstance(value, Mapping | list | tuple):
        return inert(orjson.dumps(value, default=str).decode())
    return inert(str(value))


@contextmanager
def spool(kind: str, columns: Sequence[str], batches: Iterable[Iterable[Row]]) -> Iterator[IO[bytes]]:
    """A temporary file that holds the rows as ``csv`` or ``xlsx``, at its beginning; closed on the way out.

    Args:
        kind: ``csv`` or ``xlsx``.
        columns: the names of the columns, which are the keys of the rows and the header.
        batches: the rows, some at a time.
    """
    file = write(kind, columns, batches)
    try:
        yield file
    finally:
        file.close()


def write(kind: str, columns: Sequence[str], batches: Iterable[Iterable[Row]]) -> IO[bytes]:
    """Like ``spool``, the file left open for whoever sends it."""
    file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed by whoever sends it
    try:
        (_write_csv if kind == "csv" else _write_xlsx)(file, columns, batches)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def _write_csv(file: IO[bytes], columns: Sequence[str], batches: Iterable[Iterable[Row]]) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(columns)
    for batch in batches:
        writer.writerows([cell(row.get(name)) for name in columns] for row in batch)
    text.flush()
    text.detach()


def _write_xlsx(file: IO[bytes], columns: Sequence[str], batches: Iterable[Iterable[Row]]) -> None:
    # constant_memory keeps one row in memory and the sheet on the disk; rows must then come in order.
    book = xlsxwriter.Workbook(
        file,
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
    sheet = _new_sheet(book, columns, bold)
    line = 1
    for batch in batches:
        for row in batch:
            if line == SHEET_ROWS:
                sheet, line = _new_sheet(book, columns, bold), 1
            for position, name in enumerate(columns):
                value = cell(row.get(name))
                if isinstance(value, str):
                    sheet.write_string(line, position, value[:CELL_CHARACTERS], text)
                elif isinstance(value, bool):
                    sheet.write_boolean(line, position, value)
                elif value is not None:
                    sheet.write_number(line, position, value)
            line += 1
    book.close()


def _new_sheet(book: xlsxwriter.Workbook, columns: Sequence[str], header: Any) -> Any:
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    for position, name in enumerate(columns):
        sheet.write_string(0, position, name, header)
    return sheet

"""Files as partners send them, made on the spot."""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import openpyxl
import polars as pl

from programs.intake.readers.sheet import Sheet

HEADERS = ["姓名*", "证件类型", "证件号码*", "入选方式", "项目编号", "开始日期", "结果"]
CODES = ["name", "id_type", "id_number", "path", "programme", "started_on", "outcome"]
ROWS = [
    ["阿卜杜拉·肉孜", "居民身份证", "110101199003070011", "培养", "P-1", "2019-03-01", "完成"],
    ["王䶮", "居民身份证", "110101199003070038", "引进", "P-2", "2019/3/2", "在读"],
    ["Li, Wei", "护照", "E12345678", "trained", "P-1", "20190303", "withdrawn"],
]


def csv_text(rows: Sequence[Sequence[str]], delimiter: str = ",", ending: str = "\r\n", **style: Any) -> str:
    """Rows as CSV."""
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter, lineterminator=ending, **style).writerows(rows)
    return file.getvalue()


def table(*rows: Sequence[str]) -> bytes:
    """A CSV file of the header and some rows, the usual ones if none are given."""
    return csv_text([HEADERS, *(rows or ROWS)]).encode()


def xlsx(rows: Sequence[Sequence[Any]], name: str = "台账") -> bytes:
    """A workbook of one sheet."""
    return xlsx_of({name: rows})


def xlsx_of(sheets: Mapping[str, Sequence[Sequence[Any]]], states: Mapping[str, str] | None = None) -> bytes:
    """A workbook of several sheets, some of them hidden."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        sheet.sheet_state = (states or {}).get(name, "visible")
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    """A workbook's bytes."""
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def zipped(parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive of the parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return file.getvalue()


def parts_of(data: bytes) -> dict[str, bytes]:
    """The parts of a zip archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def with_parts(data: bytes, changed: Mapping[str, bytes]) -> bytes:
    """A zip archive with some parts put in the place of others or beside them."""
    return zipped(parts_of(data) | dict(changed))


SHEET_PART = "xl/worksheets/sheet1.xml"
_SHEET_XML = (
    '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%s</worksheet>'
)


def xlsx_with_sheet(inner: str) -> bytes:
    """A workbook whose one sheet holds this XML."""
    return with_parts(xlsx([["x"]]), {SHEET_PART: (_SHEET_XML % inner).encode()})


def header_cells() -> str:
    """The first row's XML with the header in it."""
    cells = [
        f'<c r="{"ABCDEFG"[place]}1" t="inlineStr"><is><t>{header}</t></is></c>' for place, header in enumerate(HEADERS)
    ]
    return f'<row r="1">{"".join(cells)}</row>'


def fatal(sheet: Sheet) -> tuple[str, dict[str, Any]]:
    """The one fatal finding of a refused file; nothing of the file may be taken along with it."""
    (found,) = sheet.meta["fatal"]
    assert sheet.frame.height == 0
    return found["rule"], found["params"]


def column(sheet: Sheet, code: str) -> list[Any]:
    """A column's values."""
    assert sheet.meta["fatal"] == []
    return sheet.frame[code].to_list()


def lines(sheet: Sheet, codes: Sequence[str] = CODES) -> list[tuple[Any, ...]]:
    """The sheet's rows in some columns, the row's number first."""
    assert sheet.meta["fatal"] == []
    assert sheet.frame.schema["row"] == pl.UInt32
    return sheet.frame.select("row", *codes).rows()

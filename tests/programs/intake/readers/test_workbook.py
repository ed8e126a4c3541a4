"""Workbooks: sheets, cells of every kind, dates of both systems, and passwords."""

import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

import msoffcrypto.format.ooxml
import openpyxl
import pytest
import xlsxwriter
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.styles import Font

from programs.intake.readers.cells import plain_number
from programs.intake.readers.files import read_file
from programs.intake.readers.limits import Limits
from programs.intake.readers.sheet import DATE, NUMBER, TEXT, TRUTH, Sheet
from tests.programs.intake.readers.made import (
    CODES,
    HEADERS,
    ROWS,
    SHEET_PART,
    column,
    fatal,
    header_cells,
    lines,
    parts_of,
    saved,
    with_parts,
    xlsx,
    xlsx_of,
    xlsx_with_sheet,
)


def read(data: bytes, limits: Limits | None = None) -> Sheet:
    return read_file(data, limits or Limits())


def cells(sheet: Sheet, code: str) -> list[tuple[str | None, int | None]]:
    """A column's texts and kinds."""
    assert sheet.meta["fatal"] == []
    return sheet.frame.select(code, f"{code}__k").rows()


def xls(*sheets: tuple[str, Sequence[Sequence[object]]], date1904: bool = False, hidden: tuple[str, ...] = ()) -> bytes:
    """An XLS workbook; dates are formatted as such."""
    book = xlwt.Workbook(encoding="utf-8")
    book.dates_1904 = date1904
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for name, rows in sheets:
        sheet = book.add_sheet(name)
        sheet.visibility = int(name in hidden)
        for row, values in enumerate(rows):
            for place, value in enumerate(values):
                if value is not None:
                    sheet.write(row, place, value, *([day] if isinstance(value, dt.date) else []))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_rows_keep_the_spreadsheets_numbers() -> None:
    sheet = read(xlsx([[], ["统计表"], [], HEADERS, ROWS[0], [], [None, ""], ROWS[1], ["合 计", "2"]]))
    assert lines(sheet) == [(5, *ROWS[0]), (8, *ROWS[1])]
    assert (sheet.meta["kind"], sheet.meta["sheet"], sheet.meta["header_row"]) == ("xlsx", "台账", 4)
    assert set(sheet.frame["name__k"]) == {TEXT}


def test_a_table_that_begins_to_the_right() -> None:
    sheet = read(xlsx([[None, None, *row] for row in [HEADERS, *ROWS]]))
    assert lines(sheet) == [(place, *row) for place, row in enumerate(ROWS, 2)]


def test_the_visible_sheet_with_the_template_is_taken() -> None:
    few = [["姓名", "证件类型"], ["甲", "乙"]]
    full = [HEADERS, ROWS[0]]
    sheets = {"说明": [["填写说明"]], "字典": full, "藏": full, "少": few, "名单": [["表"], *full], "又": full}
    sheet = read(xlsx_of(sheets, {"字典": "hidden", "藏": "veryHidden"}))
    assert sheet.meta["sheet"] == "名单"
    assert lines(sheet) == [(3, *ROWS[0])]


def test_merged_cells_and_formats_are_no_obstacle() -> None:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    for values in [["表"], HEADERS, *ROWS]:
        page.append(values)
    page.merge_cells("A1:G1")
    for row in range(6, 5000):
        page.cell(row, 3).number_format = "@"
        page.cell(row, 4).font = Font(bold=True)
    sheet = read(saved(book))
    assert lines(sheet) == [(place, *row) for place, row in enumerate(ROWS, 3)]


def test_a_cell_merged_over_rows_is_meant_for_each() -> None:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    table: list[list[Any]] = [["表"], HEADERS, *ROWS, *ROWS, [], ["合计", 6]]
    for values in table:
        page.append(values)
    for row in (4, 5, 9, 10):
        page.cell(row, 5).value = None
    # Over rows, over columns too, into the blank row and the total, over the header, and in a column of nobody's.
    for place in ("E3:E5", "E8:F10", "A1:G1", "H3:H6"):
        page.merge_cells(place)
    found = [row[5] for row in lines(read(saved(book)))]
    assert found == [ROWS[0][4], ROWS[0][4], ROWS[0][4], ROWS[0][4], ROWS[1][4], ROWS[2][4]]


@pytest.mark.parametrize("last", [9_000, 20_000])
def test_a_cell_merged_over_thousands_of_rows(last: int) -> None:
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet()
    page.append(HEADERS)
    for place in range(20_000):
        page.append([*ROWS[0][:4], "P-9" if place in (0, last) else None, *ROWS[0][5:]])
    whole = saved(book)
    merges = f'<mergeCells><mergeCell ref="E2:E{last + 1}"/><mergeCell ref="E3:E1048576"/></mergeCells></worksheet>'
    part = parts_of(whole)[SHEET_PART].decode().replace("</worksheet>", merges)
    sheet = read(with_parts(whole, {SHEET_PART: part.encode()}))
    assert [cell for cell, _kind in cells(sheet, "programme")][: last + 1] == ["P-9"] * min(last + 1, 20_000)


def test_cells_tell_what_they_were() -> None:
    values: list[tuple[object, str | None, int | None]] = [
        ("  甲 ", "  甲 ", TEXT),
        ("'01", "'01", TEXT),
        (43466, "43466", NUMBER),
        (-3, "-3", NUMBER),
        (2019.03, "2019.03", NUMBER),
        (1e-7, "0.0000001", NUMBER),
        (520102197801193920, "520102197801193920", NUMBER),
        (1e20, "100000000000000000000", NUMBER),
        (True, "TRUE", TRUTH),
        (dt.date(2019, 3, 1), "2019-03-01", DATE),
        (dt.datetime(2019, 3, 1, 14, 30), "2019-03-01", DATE),
        (dt.time(14, 30), "14:30:00", TEXT),
        (None, None, None),
        ("", None, None),
        ("5.20102E+17", "5.20102E+17", TEXT),
    ]
    rows = [[*ROWS[0][:6], value] for value, _, _ in values]
    sheet = read(xlsx([HEADERS, *rows]))
    assert cells(sheet, "outcome") == [(text, kind) for _, text, kind in values]
    assert "outcome__k" in sheet.frame.columns


def test_a_number_of_sixteen_digits_keeps_sixteen_digits() -> None:
    sheet = read(xlsx([HEADERS, [*ROWS[0][:2], 520102197801193456, *ROWS[0][3:]]]))
    ((text, kind),) = cells(sheet, "id_number")
    assert (len(text or ""), kind) == (18, NUMBER)


def test_formulas_give_the_value_they_last_had_and_errors_their_text() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, HEADERS)
        for row, (formula, value) in enumerate([("=1+1", 2), ('="完"&"成"', "完成"), ("=VLOOKUP(1,A:A,1)", "#N/A")], 1):
            page.write_row(row, 0, ROWS[0][:6])
            page.write_formula(row, 6, formula, None, value)
    assert cells(read(file.getvalue()), "outcome") == [("2", NUMBER), ("完成", TEXT), ("#N/A", TEXT)]


@pytest.mark.parametrize("memory", [True, False])
def test_shared_and_inline_strings(memory: bool) -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"constant_memory": memory}) as book:
        page = book.add_worksheet("表")
        for row, values in enumerate([HEADERS, *ROWS, *ROWS]):
            page.write_row(row, 0, values)
    assert lines(read(file.getvalue())) == [(place, *row) for place, row in enumerate([*ROWS, *ROWS], 2)]


def test_one_shared_string_alone() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet().write(0, 0, "姓名")
    assert fatal(read(file.getvalue())) == ("F02", {"missing": CODES, "doubled": []})


def test_a_row_of_errors_alone_is_no_blank_row() -> None:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.append(HEADERS)
    page.append(["#REF!", *[None] * 6])
    page.cell(2, 1).data_type = "e"
    assert column(read(saved(book)), "name") == ["#REF!"]


@pytest.mark.parametrize("date1904", [False, True])
def test_both_date_systems(date1904: bool) -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"date_1904": date1904}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, HEADERS)
        page.write_row(1, 0, ROWS[0])
        page.write_datetime(1, 5, dt.datetime(2019, 3, 1), book.add_format({"num_format": "yyyy/m/d"}))
    sheet = read(file.getvalue())
    assert cells(sheet, "started_on") == [("2019-03-01", DATE)]
    assert sheet.meta["date1904"] is date1904
    rows: list[list[object]] = [[*HEADERS], [*ROWS[0][:5], dt.date(2019, 3, 1), "完成"]]
    sheet = read(xls(("a", rows), date1904=date1904))
    assert cells(sheet, "started_on") == [("2019-03-01", DATE)]
    assert sheet.meta["date1904"] is date1904


def test_xls() -> None:
    few = [["姓名", "证件类型"], ["甲", "乙"]]
    rows: list[list[object]] = [
        ["表"],
        [*HEADERS],
        [*ROWS[0][:2], 110101199003070011, *ROWS[0][3:6], True],
        [],
        [*ROWS[2]],
        ["合计"],
    ]
    sheet = read(xls(("藏", [HEADERS, ROWS[1]]), ("少", few), ("名单", rows), hidden=("藏",)))
    assert (sheet.meta["kind"], sheet.meta["sheet"], sheet.meta["header_row"]) == ("xls", "名单", 2)
    assert [row[0] for row in lines(sheet)] == [3, 5]
    assert cells(sheet, "name") == [(ROWS[0][0], TEXT), (ROWS[2][0], TEXT)]
    assert cells(sheet, "outcome") == [("TRUE", TRUTH), ("withdrawn", TEXT)]
    assert cells(sheet, "id_number")[0][1] == NUMBER


def test_xls_numbers_and_errors() -> None:
    book = xlwt.Workbook()
    page = book.add_sheet("a")
    for place, header in enumerate(HEADERS):
        page.write(0, place, header)
        if place < 6:
            page.write(1, place, place + 10)
    page.row(1).set_cell_error(6, 42)
    file = io.BytesIO()
    book.save(file)
    sheet = read(file.getvalue())
    assert cells(sheet, "name") == [("10", NUMBER)]
    assert cells(sheet, "outcome") == [("#N/A", TEXT)]


def test_passwords() -> None:
    sealed = io.BytesIO()
    msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO(xlsx([HEADERS, *ROWS]))).encrypt("geheim", sealed)
    assert fatal(read(sealed.getvalue())) == ("F05", {})


def test_a_password_on_an_xls() -> None:
    data = xls(("a", [HEADERS, ROWS[0]]))
    # FILEPASS in the place of a record that nobody misses: WRITEACCESS, right behind the first BOF.
    record = data.index(b"\x5c\x00\x70\x00")
    assert fatal(read(data[:record] + b"\x2f\x00" + data[record + 2 :])) == ("F05", {})


def test_an_encrypted_zip_is_protected_too() -> None:
    data = bytearray(xlsx([HEADERS, *ROWS]))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(mark)
        while place >= 0:
            data[place + flags] |= 1
            place = data.find(mark, place + 4)
    assert fatal(read(bytes(data))) == ("F05", {})


def test_other_ole2_files_are_no_workbooks() -> None:
    data = xls(("a", [HEADERS]))
    document = data.replace("Workbook".encode("utf-16-le"), "Workbooq".encode("utf-16-le"))
    assert fatal(read(document)) == ("F01", {"reason": "damaged", "line": None})


def test_columns_and_rows_are_checked_as_in_text() -> None:
    assert fatal(read(xlsx([HEADERS]))) == ("F03", {})
    assert fatal(read(xlsx([["标题"], [*HEADERS, "Name"], ROWS[0]]))) == ("F02", {"missing": [], "doubled": ["name"]})
    assert fatal(read(xlsx([]))) == ("F02", {"missing": CODES, "doubled": []})
    rows = [HEADERS, *[ROWS[0]] * 20, ["合计"]]
    assert read(xlsx(rows), Limits(max_rows=20)).frame.height == 20
    assert fatal(read(xlsx(rows), Limits(max_rows=19))) == ("F04", {"reason": "rows", "limit": 19, "found": 20})


def test_elements_may_be_written_with_a_prefix() -> None:
    parts = parts_of(xlsx([HEADERS, *ROWS]))
    xml = parts[SHEET_PART].decode()
    for element in ("worksheet", "sheetData", "row", "c", "is", "t", "v", "dimension"):
        xml = xml.replace(f"<{element} ", f"<x:{element} ").replace(f"<{element}>", f"<x:{element}>")
        xml = xml.replace(f"</{element}>", f"</x:{element}>")
    xml = xml.replace("xmlns=", "xmlns:x=")
    sheet = read(with_parts(xlsx([["x"]]), parts | {SHEET_PART: xml.encode()}))
    assert lines(sheet) == [(place, *row) for place, row in enumerate(ROWS, 2)]


def test_cells_without_addresses() -> None:
    cells = "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in ROWS[0])
    head = header_cells().replace(' r="1"', "")
    for place in range(7):
        head = head.replace(f' r="{"ABCDEFG"[place]}1"', "")
    assert lines(read(xlsx_with_sheet(f"<sheetData>{head}<row>{cells}</row></sheetData>"))) == [(2, *ROWS[0])]


def test_a_table_in_a_wide_sheet() -> None:
    rows = [[*[None] * 300, *row] for row in [HEADERS, *ROWS]]
    assert lines(read(xlsx(rows))) == [(place, *row) for place, row in enumerate(ROWS, 2)]


@given(st.integers(-(10**25), 10**25) | st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_plain_digits_that_read_back(number: float) -> None:
    text = plain_number(number)
    assert float(text) == float(number)
    assert set(text) <= set("-0123456789.")
    assert not text.endswith(".0")


CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"], exclude_characters="\ufffe\uffff_"), max_size=12)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(CELLS.map(lambda cell: f"x{cell}"), min_size=7, max_size=7), min_size=1, max_size=6))
def test_what_was_written_reads_back(rows: list[list[str]]) -> None:
    assert lines(read(xlsx([HEADERS, *rows]))) == [(place, *row) for place, row in enumerate(rows, 2)]

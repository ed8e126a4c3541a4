"""The error workbook: the partner's own file, with the bad cells marked and commented, ready to be sent again.

It is made on request from the sealed original and never stored. A workbook keeps its looks and loses its formulas; a
text file, a very long workbook and an old ``.xls`` come back as a plain workbook with the same rows in their places.
"""

import csv
import io
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import product

import openpyxl
import xlsxwriter
from django.utils.translation import get_language
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from backend.audit.services import enter_audit
from backend.vault.files import services as files
from programs.intake import sheets
from programs.intake.columns import layout_of
from programs.intake.layout import DATE, DECIMAL, NUMBER, Layout
from programs.intake.rules import render
from programs.submissions.models import Finding, Submission

LONGEST_KEPT = 20_000
COUNTED = (DATE, NUMBER, DECIMAL)
"""Kinds of columns whose cells a spreadsheet may take for what they are."""

COLOURS = {"error": "FFF8CBAD", "warning": "FFFFE699", "fatal": "FFF8CBAD"}
OURS = re.compile(r"(数谷 Shugu:\s*)?[A-Z]\d\d ")
"""How a note of ours begins; some office programs write the author into it."""
Marks = dict[tuple[int, str], tuple[str, str]]


def error_workbook(*, submission: Submission) -> bytes:
    """The submission's own file as an XLSX with each finding as a mark and a comment on its cell.

    Raises:
        LookupError: the file was refused whole, so that there are no rows to mark.
    """
    if submission.sheet is None:
        raise LookupError(f"submission {submission.pk} was refused whole")
    marks = _marks(submission)
    meta, layout = submission.meta, layout_of(submission.template)
    original = files.read(submission.original)
    if meta.get("kind") == "xlsx" and submission.rows <= LONGEST_KEPT:
        packed = _in_their_workbook(original, meta, marks, layout)
    elif meta.get("kind") == "csv":
        text = original.decode(meta["encoding"])
        delimiter = meta["delimiter"]
        packed = _plain(
            list(csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=delimiter)), meta, marks, layout
        )
    else:
        packed = _plain(_rows_of_sheet(submission), meta, marks, layout)
    enter_audit(action="submission.report_made", subject=submission, detail={"marks": len(marks)})
    return packed


def _marks(submission: Submission) -> Marks:
    """The messages by cell, and the gravest severity among them."""
    language = "zh" if (get_language() or "zh").startswith("zh") else "en"
    texts: dict[tuple[int, str], list[str]] = defaultdict(list)
    severities: dict[tuple[int, str], str] = {}
    for finding in Finding.objects.filter(submission=submission, row__isnull=False).order_by("position"):
        if finding.row is None:
            continue
        cell = (finding.row, finding.column)
        params = finding.params if isinstance(finding.params, dict) else json.loads(finding.params)
        texts[cell].append(f"{finding.rule} {render(finding.rule, params, language, template=submission.template)}")
        if severities.get(cell) != "error":
            severities[cell] = finding.severity
    return {cell: (severities[cell], "\n".join(found)) for cell, found in texts.items()}


def _in_their_workbook(original: bytes, meta: dict, marks: Marks, layout: Layout) -> bytes:
    # As it was read: formulas as the values they last had, which is also inert, and nothing from other files.
    book = openpyxl.load_workbook(io.BytesIO(original), data_only=True, keep_links=False)
    for names in (book.defined_names, *(one.defined_names for one in book.worksheets)):
        for name in [name for name, meant in names.items() if "[" in (meant.attr_text or "")]:
            del names[name]
    sheet = book[meta["sheet"]]
    places = {
        code: cell.column
        for cell in sheet[meta["header_row"]]
        if cell.value is not None and (code := layout.header_code(str(cell.value))) is not None
    }
    beyond = sheet.max_column + 1
    _take_typed_text(sheet, {row for row, _column in marks}, places, layout)
    _unmark(sheet)
    anchors = _anchors(sheet)
    notes: dict[tuple[int, int], list[str]] = defaultdict(list)
    for (row, column), (severity, text) in marks.items():
        # A finding on a column that the file does not have stands beside the row.
        place = (row, places.get(column, beyond))
        place = anchors.get(place, place)
        sheet.cell(*place).fill = PatternFill("solid", fgColor=COLOURS[severity])
        if text not in notes[place]:
            notes[place].append(text)
    for place, texts in notes.items():
        sheet.cell(*place).comment = Comment("\n".join(texts), "数谷 Shugu", width=360, height=120)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def _unmark(sheet: Worksheet) -> None:
    """Takes off the marks of an earlier report that was mended and sent again; what the partner marked stays."""
    for row in sheet.iter_rows():
        for cell in row:
            if cell.comment is not None and OURS.match(cell.comment.text):
                cell.comment = None
                if cell.fill.fgColor.rgb in COLOURS.values():
                    cell.fill = PatternFill()


def _anchors(sheet: Worksheet) -> dict[tuple[int, int], tuple[int, int]]:
    """For each cell that is merged into another one, that one: it alone can bear a mark."""
    within: dict[tuple[int, int], tuple[int, int]] = {}
    for merged in sheet.merged_cells.ranges:
        rows = range(merged.min_row, min(merged.max_row, sheet.max_row) + 1)
        for place in product(rows, range(merged.min_col, min(merged.max_col, sheet.max_column) + 1)):
            within[place] = merged.min_row, merged.min_col
    return within


def _take_typed_text(sheet: Worksheet, rows: Iterable[int], places: Mapping[str, int], layout: Layout) -> None:
    """Has the cells of the rows to mend take what is typed into them as text, but for dates and numbers.

    An identity number typed into an ordinary cell would be rounded to fifteen digits, and a code 2019-1 become a day.
    """
    typed = [places[column.code] for column in layout.columns if column.kind not in COUNTED and column.code in places]
    for row in rows:
        for place in typed:
            cell = sheet.cell(row=row, column=place)
            if not isinstance(cell, MergedCell) and not cell.is_date:
                cell.number_format = "@"


def _rows_of_sheet(submission: Submission) -> list[list[str]]:
    """The sheet's rows in their places, under the headers of the template."""
    frame = sheets.mended(submission).frame
    present = [code for code in layout_of(submission.template).codes if code in frame.columns]
    headers = submission.meta.get("headers", {})
    header_row = submission.meta.get("header_row") or 1
    rows: list[list[str]] = [[] for _place in range(max(header_row, *frame["row"].to_list()))]
    rows[header_row - 1] = [headers.get(code, code) for code in present]
    for row, *cells in frame.select("row", *present).iter_rows():
        rows[row - 1] = ["" if cell is None else cell for cell in cells]
    return rows


def _plain(rows: Iterable[list[str]], meta: dict, marks: Marks, layout: Layout) -> bytes:
    packed = io.BytesIO()
    book = xlsxwriter.Workbook(packed, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    text = book.add_format({"num_format": "@"})
    fills = {
        severity: book.add_format({"num_format": "@", "bg_color": f"#{colour[2:]}"})
        for severity, colour in COLOURS.items()
    }
    sheet = book.add_worksheet()
    rows = list(rows)
    header = rows[(meta.get("header_row") or 1) - 1]
    places = {code: place for place, cell in enumerate(header) if (code := layout.header_code(cell)) is not None}
    beyond = max((len(row) for row in rows), default=0)
    sheet.set_column(0, beyond, 16, text)
    for line, cells in enumerate(rows):
        for place, cell in enumerate(cells):
            if cell:
                sheet.write_string(line, place, cell, text)
    for (row, column), (severity, comment) in marks.items():
        place = places.get(column, beyond)
        cells = rows[row - 1] if row - 1 < len(rows) else []
        sheet.write_string(row - 1, place, cells[place] if place < len(cells) else "", fills[severity])
        sheet.write_comment(row - 1, place, comment, {"x_scale": 2.5, "author": "数谷 Shugu"})
    book.close()
    return packed.getvalue()

"""Workbooks: which sheet carries the template, and its cells as text with what they were in the spreadsheet."""

import io
from itertools import chain, islice
from typing import Any

import polars as pl
import python_calamine

from programs.intake.columns import LAYOUT
from programs.intake.layout import Layout
from programs.intake.readers import sniff
from programs.intake.readers.archive import Archive
from programs.intake.readers.biff import look_through_xls
from programs.intake.readers.cells import texts_and_kinds
from programs.intake.readers.limits import Limits, Refused
from programs.intake.readers.merged import Merged
from programs.intake.readers.ooxml import Package, Page, look_through
from programs.intake.readers.sheet import HEADER_ROWS, Header, Sheet, find_header, finish, meta_of, name_of, refused

_BATCH = 8192


def read_workbook(data: bytes, container: str, limits: Limits, layout: Layout = LAYOUT) -> Sheet:
    """The sheet in a workbook: of its visible worksheets the one that names most columns of the template.

    Numbers come as plain decimal digits, dates as ISO text, formulas as the value they last had, error cells as their
    text; what stands in a cell merged over several rows is meant for each. A refused file comes back as a sheet with a
    fatal finding: F01 to F06.

    Args:
        data: the workbook.
        container: ``zip`` or ``ole``, by ``sniff.container``.
        limits: what it may cost.
        layout: the template's columns.
    """
    meta = meta_of("xlsx" if container == sniff.ZIP else "xls")
    try:
        if container == sniff.ZIP:
            package = look_through(Archive(data, limits), limits)
        else:
            package = look_through_xls(data, limits)
        meta["date1904"] = package.date1904
        page, header, sheet = _best_sheet(data, package, limits, layout)
        meta |= {"sheet": page.name if page else None} | header.meta()
        header.check(limits)
        if page is None or sheet is None:
            raise Refused("F03")
        return finish(_read(sheet, page, header), header, limits, meta)
    except Refused as refusal:
        return refused(refusal, meta)


def _best_sheet(
    data: bytes, package: Package, limits: Limits, layout: Layout
) -> tuple[Page | None, Header, python_calamine.CalamineSheet | None]:
    best: tuple[Page | None, Header, python_calamine.CalamineSheet | None] = (None, Header(layout=layout), None)
    try:
        with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            for number, known in enumerate(workbook.sheets_metadata):
                page = _page_of(package, number, known.name)
                if page is None or known.visible != python_calamine.SheetVisibleEnum.Visible:
                    continue
                sheet = workbook.get_sheet_by_index(number)
                if (sheet.total_height + 1) * (sheet.total_width + 1) > limits.max_area:
                    raise Refused("F06", reason="claims", part=page.name[:100])
                page.name = known.name
                header = find_header(islice(sheet.iter_rows(), HEADER_ROWS), layout)
                if best[0] is None or len(header.places) > len(best[1].places):
                    best = (page, header, sheet)
    except python_calamine.PasswordError:
        raise Refused("F05") from None
    except (python_calamine.CalamineError, python_calamine.XmlError, python_calamine.ZipError):
        raise Refused("F01", reason="damaged", line=None) from None
    return best


def _page_of(package: Package, number: int, name: str) -> Page | None:
    """The measured page of a sheet that is worth opening; by its name where the two do not list the same sheets."""
    page = package.pages[number] if number < len(package.pages) else None
    if page is None or page.name != name:
        page = next((other for other in package.pages if other.name == name), page)
    return page if page is not None and page.part is not None and page.visible else None


def _read(sheet: python_calamine.CalamineSheet, page: Page, header: Header) -> pl.DataFrame:
    wanted = [position for position in header.wanted() if position <= sheet.total_width]
    rows = islice(sheet.iter_rows(), header.last, None)
    frames = []
    first = header.last + 1
    merged = Merged(sheet.merged_cell_ranges or (), wanted, first)
    while batch := list(islice(rows, _BATCH)):
        if page.errors:
            _put_errors(batch, first, page.errors)
        if merged:
            merged.fill(batch, first)
        columns = list(zip(*batch, strict=True))
        series = chain.from_iterable(texts_and_kinds(name_of(place), columns[place]) for place in wanted)
        numbers = pl.int_range(first, first + len(batch), dtype=pl.UInt32, eager=True).alias("row")
        frames.append(pl.DataFrame([numbers, *series]))
        first += len(batch)
    if not frames:
        raise Refused("F03")
    return pl.concat(frames)


def _put_errors(batch: list[list[Any]], first: int, errors: dict[int, dict[int, str]]) -> None:
    for place, row in enumerate(batch):
        for column, text in errors.get(first + place, {}).items():
            if column < len(row) and row[column] == "":
                row[column] = text

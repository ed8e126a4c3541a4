"""Workbooks that cost more than they weigh (hostile tests 25 to 27): refused at once, whichever way they lie.

What "at once" is, the reader's own limits say: five seconds of processor time, beyond which it is ended by the kernel
and the file is refused for another reason, and three hundred megabytes that the process came to hold.
"""

import struct
import zipfile
import zlib
from collections.abc import Callable

import pytest

from programs.intake import sandbox
from programs.intake.readers.limits import Limits
from programs.intake.readers.sheet import Sheet
from tests.programs.intake.readers.made import (
    CODES,
    HEADERS,
    ROWS,
    SHEET_PART,
    fatal,
    header_cells,
    lines,
    parts_of,
    with_parts,
    xlsx,
    xlsx_with_sheet,
    zipped,
)
from tests.programs.intake.readers.spent import spent
from tests.programs.intake.readers.test_workbook import xls

MEGABYTES = 300
QUICK = Limits(cpu_seconds=5)
MILLION = 1_000_000


def refused(data: bytes) -> tuple[str, str]:
    """Rule and reason of a refusal that took no longer and no more memory than it may."""
    sheet, megabytes = spent(data, QUICK)
    rule, params = fatal(sheet)
    assert megabytes < MEGABYTES
    return rule, params["reason"]


def far_cell(reference: str, dimension: str = "") -> bytes:
    row = reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return xlsx_with_sheet(
        f'{dimension}<sheetData>{header_cells()}<row r="{row}"><c r="{reference}"><v>1</v></c></row></sheetData>'
    )


CLAIMS: dict[str, Callable[[], bytes]] = {
    "the last cell is there": lambda: far_cell("XFD1048576"),
    "a cell far down": lambda: far_cell("G1048576", '<dimension ref="A1:G2"/>'),
    "a cell far down in a row that says otherwise": lambda: xlsx_with_sheet(
        f'<sheetData>{header_cells()}<row r="2"><c r="G1048576"><v>1</v></c></row></sheetData>'
    ),
    "a cell far to the right and down": lambda: far_cell("ZZ99999"),
    "the dimension alone says so": lambda: xlsx_with_sheet(
        f'<dimension ref="A1:XFD1048576"/><sheetData>{header_cells()}</sheetData>'
    ),
    "cells beyond any spreadsheet": lambda: far_cell("ZZZ99999999"),
    "an xls with its last cell": lambda: xls(("a", [HEADERS, *[[]] * 65_534, [*[None] * 255, 1]])),
}


@pytest.mark.parametrize("case", CLAIMS)
def test_a_sheet_that_claims_what_it_does_not_fill(case: str) -> None:
    assert refused(CLAIMS[case]()) == ("F06", "claims")


def test_a_hidden_sheet_may_claim_what_it_likes() -> None:
    parts = parts_of(xlsx([HEADERS, *ROWS]))
    book = parts["xl/workbook.xml"].replace(
        b"</sheets>", b'<sheet name="h" sheetId="9" state="hidden" r:id="rId99"/></sheets>'
    )
    relations = parts["xl/_rels/workbook.xml.rels"].replace(
        b"</Relationships>",
        b'<Relationship Id="rId99" Target="worksheets/h.xml" Type="http://schemas.openxmlformats.org/'
        b'officeDocument/2006/relationships/worksheet"/></Relationships>',
    )
    changed = {"xl/workbook.xml": book, "xl/_rels/workbook.xml.rels": relations}
    far = parts_of(far_cell("XFD1048576"))[SHEET_PART]
    sheet = sandbox.read(with_parts(xlsx([HEADERS, *ROWS]), changed | {"xl/worksheets/h.xml": far}))
    assert lines(sheet) == [(place, *row) for place, row in enumerate(ROWS, 2)]


def test_a_stray_cell_far_below_a_small_table_is_no_bomb() -> None:
    sheet = sandbox.read(far_cell("A99999"))
    assert lines(sheet, CODES[:1]) == [(99_999, "1")]


def endless_cell(said: int | None = None) -> bytes:
    """A workbook with one cell of eight hundred megabytes, whose directory may say less."""
    squeezed = zlib.compressobj(9, zlib.DEFLATED, -15)
    head = f'<worksheet xmlns="x"><sheetData>{header_cells()}<row r="2"><c r="A2" t="inlineStr"><is><t>'.encode()
    piece, end = b"A" * (8 << 20), b"</t></is></c></row></sheetData></worksheet>"
    packed, check, size = b"", 0, 0
    for part in [head, *[piece] * 100, end]:
        packed += squeezed.compress(part)
        check, size = zlib.crc32(part, check), size + len(part)
    return with_raw_part(packed + squeezed.flush(), size if said is None else said, check)


@pytest.mark.hostile
def test_one_cell_of_eight_hundred_megabytes() -> None:
    assert refused(endless_cell()) == ("F06", "unpacks")
    assert refused(endless_cell(said=1 << 20)) == ("F06", "unpacks")


def with_raw_part(packed: bytes, size: int, check: int) -> bytes:
    """A workbook whose sheet is already packed, with what the directory shall say of it."""
    name = SHEET_PART.encode()
    rest = {part: data for part, data in parts_of(xlsx([["x"]])).items() if part != SHEET_PART}
    whole = zipped(rest)
    place, entries = whole.index(b"PK\x01\x02"), whole[whole.index(b"PK\x01\x02") : whole.rindex(b"PK\x05\x06")]
    shape = struct.pack("<HHHHHLLLHH", 20, 0, 8, 0, 33, check, len(packed), size, len(name), 0)
    local = b"PK\x03\x04" + shape + name + packed
    entry = b"PK\x01\x02" + struct.pack("<H", 20) + shape + struct.pack("<HHHLL", 0, 0, 0, 0, place) + name
    count = len(rest) + 1
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(entries) + len(entry), place + len(local), 0)
    return whole[:place] + local + entries + entry + end


def test_a_workbook_put_together_by_hand_is_read() -> None:
    xml = parts_of(xlsx([HEADERS, *ROWS]))[SHEET_PART]
    squeezed = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = squeezed.compress(xml) + squeezed.flush()
    assert len(lines(sandbox.read(with_raw_part(packed, len(xml), zlib.crc32(xml))))) == 3
    assert fatal(sandbox.read(with_raw_part(packed, len(xml), 7)))[1]["reason"] == "damaged"


@pytest.mark.parametrize("text", ["A" * 40_000_000, "".join(f"{place:08}" for place in range(2 * MILLION))])
def test_one_endless_cell_below_every_ratio(text: str) -> None:
    limits = Limits(max_ratio=10_000, cpu_seconds=QUICK.cpu_seconds)
    body = f'<sheetData>{header_cells()}<row r="2"><c r="A2" t="inlineStr"><is><t>{text}</t></is></c></row></sheetData>'
    sheet, megabytes = spent(xlsx_with_sheet(body), limits)
    assert fatal(sheet)[1]["reason"] == "unpacks"
    assert megabytes < MEGABYTES


def many_rows(numbered: bool) -> bytes:
    """A workbook of five million rows."""
    rows = "".join(
        f'<row r="{row}"><c r="A{row}"><v>{row * 7919 % 99991}</v></c></row>'
        if numbered
        else "<row><c><v>1</v></c></row>"
        for row in range(2, 5 * MILLION)
    )
    return xlsx_with_sheet(f"<sheetData>{header_cells()}{rows}</sheetData>")


def many_rows_of_text() -> bytes:
    """A text of five million rows."""
    return ",".join(HEADERS).encode() + b"\nx,y" * (5 * MILLION)


@pytest.mark.hostile
@pytest.mark.parametrize("numbered", [True, False])
def test_five_million_rows(numbered: bool) -> None:
    assert refused(many_rows(numbered)) in {("F04", "rows"), ("F06", "unpacks")}


@pytest.mark.hostile
def test_five_million_rows_of_text() -> None:
    assert refused(many_rows_of_text()) == ("F04", "rows")
    blank = ",".join(HEADERS).encode() + b"\n,,," * (5 * MILLION) + b"\nx,y"
    sheet, megabytes = spent(blank, QUICK)
    assert lines(sheet, CODES[:1]) == [(5 * MILLION + 2, "x")]
    assert megabytes < MEGABYTES


@pytest.mark.hostile
def test_one_long_text_in_every_cell() -> None:
    text = "".join(f"{place:06}" for place in range(5_000))
    strings = f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>{text}</t></si></sst>'
    cells = "".join(
        f'<row r="{row}">' + "".join(f'<c r="{letter}{row}" t="s"><v>0</v></c>' for letter in "ABCDEFG") + "</row>"
        for row in range(2, 100_000)
    )
    bomb = xlsx_with_sheet(f"<sheetData>{header_cells()}{cells}</sheetData>")
    assert refused(with_parts(bomb, {"xl/sharedStrings.xml": strings.encode()})) == ("F06", "unpacks")


def test_counting_stops_at_the_limits() -> None:
    rows = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c><c r="B{row}"/></row>' for row in range(2, 3_000))
    plain = xlsx_with_sheet(f"<sheetData>{header_cells()}{rows}</sheetData>")
    strings = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>%s</t></si></sst>'
    data = with_parts(plain, {"xl/sharedStrings.xml": (strings % ("王" * 300)).encode()})
    assert len(lines(sandbox.read(data), CODES[:1])) == 2_998
    assert len(lines(sandbox.read(data, Limits(max_cell_bytes=4_000_000)), CODES[:1])) == 2_998
    assert fatal(sandbox.read(data, Limits(max_cell_bytes=1_000_000)))[1]["reason"] == "unpacks"
    params = {"reason": "rows", "limit": 1_000, "found": None}
    assert fatal(sandbox.read(data, Limits(max_rows=1_000))) == ("F04", params)
    empty = "".join(f'<row r="{row}"><c r="A{row}" s="1"/></row>' for row in range(2, 3_000))
    last = '<row r="3000"><c r="A3000" t="inlineStr"><is><t>王</t></is></c></row>'
    styled = xlsx_with_sheet(f"<sheetData>{header_cells()}{empty}{last}</sheetData>")
    assert lines(sandbox.read(styled, Limits(max_rows=1)), CODES[:1]) == [(3_000, "王")]


def test_a_directory_of_very_many_parts() -> None:
    assert refused(zipped({f"xl/{place}.xml": b"" for place in range(6_000)}, zipfile.ZIP_STORED)) == ("F06", "unpacks")


def test_two_parts_of_one_name_are_refused() -> None:
    data = xlsx([HEADERS, *ROWS])
    twice = zipped(parts_of(data) | {"XL/Worksheets/Sheet1.xml": b"<x/>"})
    assert fatal(sandbox.read(twice)) == ("F01", {"reason": "damaged", "line": None})


LAUGHS = (
    b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]>'
)
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("declaration", [LAUGHS, OUTSIDE, b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">'])
@pytest.mark.parametrize(
    "part",
    [
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        SHEET_PART,
        "xl/styles.xml",
        "docProps/core.xml",
        "[Content_Types].xml",
    ],
)
def test_entities_in_any_part(part: str, declaration: bytes) -> None:
    data = xlsx([HEADERS, *ROWS])
    xml = parts_of(data)[part]
    head = xml.index(b"?>") + 2 if xml.startswith(b"<?xml") else 0
    bomb = with_parts(data, {part: xml[:head] + declaration + xml[head:]})
    place = "台账" if part == SHEET_PART else part.lower()
    assert fatal(sandbox.read(bomb)) == ("F06", {"reason": "entities", "part": place})


def test_entities_in_shared_strings_and_parts_that_nobody_asked_for() -> None:
    for part in ("xl/sharedStrings.xml", "customXml/item1.xml", "x.bin"):
        sheet = sandbox.read(with_parts(xlsx([HEADERS, *ROWS]), {part: LAUGHS + b"<sst/>"}))
        assert fatal(sheet)[1]["reason"] == "entities"


def test_a_long_way_before_the_declaration() -> None:
    for gap in (3 << 20, (1 << 20) - 5):
        xml = b"<x>" + b"\n".join(b"%08d" % place for place in range(gap // 9)).ljust(gap) + b"<!DOCTYPE x><x/>"
        sheet = sandbox.read(with_parts(xlsx([HEADERS, *ROWS]), {"customXml/item1.xml": xml}))
        assert fatal(sheet)[1]["reason"] == "entities"


def test_an_image_may_declare_what_it_is() -> None:
    image = b'<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x.dtd"><svg/>'
    sheet: Sheet = sandbox.read(with_parts(xlsx([HEADERS, *ROWS]), {"xl/media/image1.svg": image}))
    assert len(lines(sheet)) == 3

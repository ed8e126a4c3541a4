"""Good files with some of their bytes, parts or tags changed: whatever is left of them is read or refused."""

import os
from collections.abc import Callable
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from programs.intake import child, sandbox
from programs.intake.columns import LAYOUT
from programs.intake.readers.limits import Limits
from programs.intake.readers.sheet import Sheet
from tests.hostile.house.tables import ANYBODYS
from tests.hostile.house.workbooks import xls
from tests.programs.intake.readers.made import SHEET_PART, parts_of, with_parts, xlsx

LIMITS = Limits(cpu_seconds=20, seconds=60)
PARTS = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", "[Content_Types].xml", SHEET_PART)
TAGS = (
    *('<c r="XFD1048576"><v>1</v></c>', '<row r="1048576"/>', ' r="999999999"', ' t="s"', "<v>4294967296</v>", "<!--"),
    *(
        "]]>",
        "&#0;",
        "&lt;",
        '<mergeCell ref="A1:XFD1048576"/>',
        '<dimension ref="A1:B"/>',
        "\0",
        "<row></row>",
        "<c/>",
    ),
    *("<is><t></t></is>", ' t="d"', ' t="e"', ' s="99999"', "<f>SUM(A1)</f>", "<sheetData/>", "</sheetData>"),
)
Change = Callable[[bytes], bytes]


def put(place: float, new: bytes, over: int) -> Change:
    """Bytes put in at a place, over so many that were there."""

    def change(data: bytes) -> bytes:
        at = int(place * len(data))
        return data[:at] + new + data[at + over :]

    return change


PLACES = st.floats(0, 1, exclude_max=True)
NUMBERS = st.sampled_from([0, 1, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF]).map(
    lambda n: n.to_bytes(4, "little")
)
BYTES = st.builds(put, PLACES, st.binary(max_size=8) | NUMBERS, st.integers(0, 8))
CUTS = st.builds(put, PLACES, st.just(b""), st.integers(1, 400))
CHANGES = st.lists(BYTES | CUTS, min_size=1, max_size=6)


def changed(data: bytes, changes: list[Change]) -> bytes:
    """The bytes after all changes."""
    for change in changes:
        data = change(data)
    return data


def defined(sheet: Sheet) -> None:
    """Rows, or one refusal by a rule of files."""
    assert bool(sheet.fatal) != bool(sheet.frame.height)
    assert {refusal["rule"] for refusal in sheet.fatal} <= {f"F0{n}" for n in range(1, 7)}


def read_as_the_child_does(data: bytes) -> Sheet:
    """What the reading process makes of a file, without a process."""
    file = os.memfd_create("submission")
    os.write(file, data)
    os.lseek(file, 0, os.SEEK_SET)
    written = BytesIO()
    written.write(child.READY)
    child.write_sheet(written, file, LIMITS, LAYOUT)
    return sandbox.sheet_in(written).whole()


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(CHANGES)
def test_a_workbook_with_changed_bytes(changes: list[Change]) -> None:
    defined(read_as_the_child_does(changed(xlsx(ANYBODYS), changes)))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(PARTS),
    CHANGES
    | st.lists(st.builds(put, PLACES, st.sampled_from(TAGS).map(str.encode), st.just(0)), min_size=1, max_size=4),
)
def test_a_workbook_with_changed_parts(part: str, changes: list[Change]) -> None:
    whole = xlsx(ANYBODYS)
    defined(read_as_the_child_does(with_parts(whole, {part: changed(parts_of(whole)[part], changes)})))


@pytest.mark.hostile
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(CHANGES)
def test_an_old_workbook_with_changed_bytes(changes: list[Change]) -> None:
    """In a process of its own: its reader asks for terabytes where a sector's number is wrong, and is ended for it."""
    defined(sandbox.read(changed(xls(ANYBODYS), changes), LIMITS))

"""JSON batches: the same sheet as from a file, with a record's place for its row."""

from typing import Any

import pytest

from programs.intake.readers.files import read_file
from programs.intake.readers.limits import Limits
from programs.intake.readers.records import sheet_from_records
from programs.intake.readers.sheet import NUMBER, TEXT, TRUTH
from tests.programs.intake.readers.made import CODES, ROWS, column, fatal, lines, table

RECORDS: list[dict[str, Any]] = [dict(zip(CODES, row, strict=True)) for row in ROWS]


def test_records_read_like_rows() -> None:
    sheet = sheet_from_records(RECORDS)
    assert lines(sheet) == [(place, *row) for place, row in enumerate(ROWS, 1)]
    assert lines(sheet)[0][1:] == lines(read_file(table(), Limits()))[0][1:]
    assert sheet.meta["kind"] == "json"
    assert sheet.meta["header_row"] is None


def test_values_tell_what_they_were() -> None:
    values: list[tuple[Any, str | None, int | None]] = [
        ("甲 ", "甲 ", TEXT),
        ("", None, None),
        (None, None, None),
        (520102197801193456, "520102197801193456", NUMBER),
        (12, "12", NUMBER),
        (2.50, "2.5", NUMBER),
        (5.2e17, "520000000000000000", NUMBER),
        (True, "TRUE", TRUTH),
        ([1, "二"], '[1, "二"]', TEXT),
        ({"a": None}, '{"a": null}', TEXT),
        (float("nan"), "NaN", TEXT),
    ]
    sheet = sheet_from_records([RECORDS[0] | {"remarks": value} for value, _, _ in values])
    assert sheet.frame.select("remarks", "remarks__k").rows() == [(text, kind) for _, text, kind in values]


def test_a_key_may_be_absent_from_some_records() -> None:
    sheet = sheet_from_records([RECORDS[0], RECORDS[1] | {"education": "11", "x": 1}, {}, RECORDS[2]])
    assert sheet.frame["row"].to_list() == [1, 2, 4]
    assert column(sheet, "education") == [None, "11", None]
    assert sheet.meta["unknown"] == ["x"]


def test_refusals() -> None:
    assert fatal(sheet_from_records([])) == ("F03", {})
    assert fatal(sheet_from_records([{}, {}])) == ("F03", {})
    assert fatal(sheet_from_records([dict.fromkeys(CODES), dict.fromkeys(CODES, " ")])) == ("F03", {})
    assert fatal(sheet_from_records([{"x": 1}])) == ("F02", {"missing": CODES, "doubled": []})
    assert fatal(sheet_from_records([RECORDS[0] | {"Name": "乙"}])) == ("F02", {"missing": [], "doubled": ["name"]})
    assert fatal(sheet_from_records([{"name": "甲"}]))[1]["missing"] == CODES[1:]


@pytest.mark.parametrize("strange", [None, 1, "name", ["name"]])
def test_a_record_that_is_no_object_is_named(strange: Any) -> None:
    assert fatal(sheet_from_records([RECORDS[0], strange])) == ("F01", {"reason": "record", "line": 2})


def test_the_row_limit_holds() -> None:
    params = {"reason": "rows", "limit": 2, "found": 3}
    assert fatal(sheet_from_records(RECORDS, Limits(max_rows=2))) == ("F04", params)
    assert len(lines(sheet_from_records([*RECORDS, {}], Limits(max_rows=3)))) == 3

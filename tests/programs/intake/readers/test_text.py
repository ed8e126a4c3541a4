"""Text files: encodings, delimiters, line breaks, titles, totals, and what is refused."""

import codecs
import csv

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from programs.intake.readers.files import read_file
from programs.intake.readers.limits import Limits
from programs.intake.readers.sheet import Sheet
from tests.programs.intake.readers.made import CODES, HEADERS, ROWS, column, csv_text, fatal, lines, table

ENCODINGS = {
    "utf-8": ("utf-8", b""),
    "utf-8-sig": ("utf-8", codecs.BOM_UTF8),
    "utf-16-le": ("utf-16-le", codecs.BOM_UTF16_LE),
    "utf-16-be": ("utf-16-be", codecs.BOM_UTF16_BE),
    "gb18030": ("gb18030", b""),
}
NUMBERED = [(place, *row) for place, row in enumerate(ROWS, 2)]


def read(data: bytes, limits: Limits | None = None) -> Sheet:
    return read_file(data, limits or Limits())


@pytest.mark.parametrize("name", ENCODINGS)
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r"])
def test_encodings_delimiters_and_line_ends_are_told(name: str, delimiter: str, ending: str) -> None:
    encoding, mark = ENCODINGS[name]
    sheet = read(mark + csv_text([HEADERS, *ROWS], delimiter, ending).encode(encoding))
    assert lines(sheet) == NUMBERED
    assert (sheet.meta["kind"], sheet.meta["encoding"], sheet.meta["delimiter"]) == ("csv", name, delimiter)
    assert sheet.meta["headers"] == dict(zip(CODES, HEADERS, strict=True))
    assert sheet.meta["header_row"] == 1


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_needs_no_mark_where_it_names_the_columns(encoding: str) -> None:
    sheet = read(csv_text([HEADERS, *ROWS]).encode(encoding))
    assert lines(sheet) == NUMBERED
    assert sheet.meta["encoding"] == encoding


def test_a_record_with_line_breaks_is_one_row() -> None:
    rows = [["甲\r\n乙", *ROWS[0][1:]], ["", *[""] * 6], ['说"引号"', *ROWS[1][1:]]]
    assert lines(read(table(*rows))) == [(2, *rows[0]), (4, *rows[2])]


def test_rows_of_uneven_length_are_padded_or_cut() -> None:
    data = table() + "赵一,居民身份证\r\n".encode() + ",".join([*ROWS[0], "多", "余"]).encode()
    sheet = read(data)
    assert lines(sheet) == [*NUMBERED, (5, "赵一", "居民身份证", *[None] * 5), (6, *ROWS[0])]


@pytest.mark.parametrize("stray", ['王"小"二', '"王小二"儿', '王小二"', ' "王小二"'])
def test_stray_quotes_do_not_join_rows(stray: str) -> None:
    data = table() + f"{stray},{','.join(ROWS[1][1:])}\r\n".encode() + ",".join(ROWS[0]).encode()
    sheet = read(data)
    assert [row[0] for row in lines(sheet)] == [2, 3, 4, 5, 6]
    assert column(sheet, "name")[-1] == ROWS[0][0]
    assert "王" in column(sheet, "name")[3]


def test_a_quote_that_never_closes_names_its_line() -> None:
    data = table() + '"李四,居民身份证\r\n'.encode() + table(*ROWS[:2])
    assert fatal(read(data)) == ("F01", {"reason": "quote", "line": 5})


def test_a_quote_that_swallows_too_much_names_its_line() -> None:
    data = table() + '"李四,居民身份证\r\n'.encode() + b"x,y\r\n" * 40_000
    assert fatal(read(data)) == ("F01", {"reason": "cell", "line": 5})


def test_titles_above_and_totals_below_are_passed_over() -> None:
    text = csv_text(
        [
            ["2019年第一季度统计表"],
            ["填报单位：", "甲大学", "姓名"],
            [],
            HEADERS,
            ROWS[0],
            ["  小 计", "1人"],
            ["", " ", "　", "", "", "", ""],
            ROWS[1],
            ["合　计", "", "2"],
            ["总计：2人"],
            ["本页合计 2 人"],
            [],
        ]
    )
    sheet = read(text.encode("gb18030"))
    assert lines(sheet) == [(5, *ROWS[0]), (8, *ROWS[1])]
    assert sheet.meta["header_row"] == 4


@pytest.mark.parametrize("name", ["合计", "总计", "小计"])
def test_a_row_with_every_needed_value_is_never_a_total(name: str) -> None:
    assert lines(read(table([name, *ROWS[0][1:]]))) == [(2, name, *ROWS[0][1:])]


@pytest.mark.parametrize("name", ["合计划", "小计较", "计总"])
def test_a_name_that_begins_like_a_total_is_kept(name: str) -> None:
    assert lines(read(table([name, "", *ROWS[0][2:]]))) == [(2, name, None, *ROWS[0][2:])]


def test_a_total_stands_in_a_column_that_the_template_does_not_know() -> None:
    rows = [
        ["序号", *HEADERS, "班主任"],
        ["1", *ROWS[0], "甲"],
        ["2", *[""] * 7, "乙"],
        ["合计", *["1"] * 2, *[""] * 6],
    ]
    sheet = read(csv_text(rows).encode())
    assert lines(sheet) == [(2, *ROWS[0])]
    assert sheet.meta["unknown"] == ["序号", "班主任"]


def test_headers_are_matched_by_code_chinese_or_english_in_any_form() -> None:
    headers = [
        " N A M E ",
        "ＩＤ　ｔｙｐｅ＊",
        "证 件 号 码 *",
        "Path",
        "PROGRAMME CODE",
        "started_on",
        "结果\n",
        "E-mail",
        "x",
    ]
    sheet = read(csv_text([headers, [*ROWS[0], "a@b.cn", ""]]).encode())
    assert lines(sheet, [*CODES, "email"]) == [(2, *ROWS[0], "a@b.cn")]
    assert sheet.meta["unknown"] == ["x"]


def test_a_header_that_holds_an_identity_number_is_masked() -> None:
    sheet = read(csv_text([[*HEADERS, "110101199003070011"], ROWS[0]]).encode())
    assert "110101199003070011" not in str(sheet.meta)


def test_a_header_over_two_rows_is_one() -> None:
    above = ["姓名", "证件", "", "入选方式", "项目编号", "开始日期", "结果"]
    below = ["", "证件类型", "证件号码", "", "", "", ""]
    sheet = read(csv_text([["表"], above, below, ROWS[0]]).encode())
    assert lines(sheet) == [(4, *ROWS[0])]
    lower = ["", "", "", "入选方式", "项目编号", "开始日期", "结果"]
    upper = ["姓名", "证件类型", "证件号码", "项目", "", "", ""]
    assert lines(read(csv_text([upper, lower, ROWS[0]]).encode())) == [(3, *ROWS[0])]


def test_a_header_in_two_languages_is_one() -> None:
    sheet = read(csv_text([HEADERS, CODES, ROWS[0]]).encode())
    assert lines(sheet) == [(3, *ROWS[0])]


def test_every_missing_and_doubled_column_is_listed() -> None:
    data = csv_text([["姓名", "Name", "证件类型", "结果", "outcome", "备注"], ["a"] * 6]).encode()
    missing = ["id_number", "path", "programme", "started_on"]
    assert fatal(read(data)) == ("F02", {"missing": missing, "doubled": ["name", "outcome"]})


def test_text_without_any_header_lists_all_needed_columns() -> None:
    assert fatal(read("今天天气很好。\n明天也好。".encode())) == ("F02", {"missing": CODES, "doubled": []})


@pytest.mark.parametrize("below", ["", "\r\n\r\n", ",,,,,,\r\n", "合计,0人\r\n", "　, ,\r\n总 计\r\n"])
def test_no_data_row(below: str) -> None:
    assert fatal(read((csv_text([HEADERS]) + below).encode())) == ("F03", {})


def test_columns_come_before_rows() -> None:
    assert fatal(read(csv_text([HEADERS[:3]]).encode()))[0] == "F02"


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b" \r\n\r\n", b",,,\n", b"\xff\xfe"])
def test_a_file_of_nothing_is_not_readable(data: bytes) -> None:
    assert fatal(read(data)) == ("F01", {"reason": "empty", "line": None})


def test_nul_bytes_are_refused() -> None:
    assert fatal(read(table() + b"a\0b,c")) == ("F01", {"reason": "nul", "line": 5})
    assert fatal(read(codecs.BOM_UTF8 + b"a\n\0")) == ("F01", {"reason": "nul", "line": 2})
    assert fatal(read(codecs.BOM_UTF16_LE + "a\nb\0".encode("utf-16-le"))) == ("F01", {"reason": "nul", "line": 2})


class TestBrokenEncodings:
    """Hostile test 30: the line is named, nothing is taken."""

    def test_gb18030_cut_off(self) -> None:
        data = csv_text([HEADERS, *ROWS, ["王"]], ending="\n").encode("gb18030")
        assert data.endswith("王\n".encode("gb18030"))
        assert fatal(read(data[:-2])) == ("F01", {"reason": "encoding", "line": 5})

    def test_utf8_cut_off(self) -> None:
        data = csv_text([HEADERS, *ROWS, ["王"]], ending="\n").encode()
        assert fatal(read(data[:-2])) == ("F01", {"reason": "encoding", "line": 5})
        assert fatal(read(codecs.BOM_UTF8 + data[:-2])) == ("F01", {"reason": "encoding", "line": 5})

    def test_utf16_cut_off(self) -> None:
        data = "\ufeff" + csv_text([HEADERS, *ROWS, ["王"]], ending="\n")
        assert fatal(read(data.encode("utf-16-le")[:-1])) == ("F01", {"reason": "encoding", "line": 5})

    def test_a_line_of_utf8_in_gb18030(self) -> None:
        for name in ("中文", "张三", "欧阳娜娜", "王小二子"):
            data = csv_text([HEADERS, *ROWS]).encode("gb18030") + f"{name},110101199003070011\r\n".encode()
            assert fatal(read(data)) == ("F01", {"reason": "mixed", "line": 5})

    def test_a_line_of_gb18030_in_utf8(self) -> None:
        data = table() + "张三,居民身份证\r\n".encode("gb18030") + ",".join(ROWS[0]).encode()
        assert fatal(read(data)) == ("F01", {"reason": "mixed", "line": 5})

    def test_a_stray_byte_in_gb18030(self) -> None:
        data = csv_text([HEADERS, *ROWS]).encode("gb18030") + b"\xff\r\n"
        assert fatal(read(data)) == ("F01", {"reason": "encoding", "line": 5})


class TestLimits:
    def test_size(self) -> None:
        data = table()
        params = {"reason": "bytes", "limit": len(data) - 1, "found": len(data)}
        assert fatal(read(data, Limits(max_bytes=len(data) - 1))) == ("F04", params)
        assert lines(read(data, Limits(max_bytes=len(data)))) == NUMBERED

    def test_rows(self) -> None:
        rows = [ROWS[0]] * 20
        assert read(table(*rows), Limits(max_rows=20)).frame.height == 20
        params = {"reason": "rows", "limit": 19, "found": 20}
        assert fatal(read(table(*rows), Limits(max_rows=19))) == ("F04", params)

    def test_blank_rows_do_not_count(self) -> None:
        data = table() + b",,,,,,\r\n" * 300_000
        assert lines(read(data, Limits(max_rows=3))) == NUMBERED
        assert len(lines(read(data + table(), Limits(max_rows=10)))) == 7

    def test_far_too_many_rows_are_not_read_to_the_end(self) -> None:
        params = {"reason": "rows", "limit": 10, "found": None}
        assert fatal(read(table() + b"x,y\r\n" * 100_000, Limits(max_rows=10))) == ("F04", params)

    def test_one_endless_line(self) -> None:
        assert fatal(read(b"," * 3_000_000 + b"x"))[1]["reason"] == "line"


CELLS = st.lists(
    st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"])
    | st.sampled_from([",", ";", "\t", '"', "\n", "\r\n", "中"]),
    max_size=12,
).map("".join)


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(st.lists(CELLS, min_size=7, max_size=7), min_size=1, max_size=8),
    name=st.sampled_from(sorted(ENCODINGS)),
    delimiter=st.sampled_from([",", "\t", ";"]),
    ending=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_what_was_written_reads_back(
    rows: list[list[str]], name: str, delimiter: str, ending: str, quoting: int
) -> None:
    kept = [(place, *(cell or None for cell in row)) for place, row in enumerate(rows, 2) if any(map(str.strip, row))]
    assume(kept)
    encoding, mark = ENCODINGS[name]
    sheet = read(mark + csv_text([HEADERS, *rows], delimiter, ending, quoting=quoting).encode(encoding))
    assert lines(sheet) == kept


@settings(max_examples=150, deadline=None)
@given(rows=st.lists(st.lists(CELLS, min_size=1, max_size=9), min_size=1, max_size=8))
def test_both_ways_of_reading_agree(rows: list[list[str]]) -> None:
    body = csv_text([ROWS[0], *rows, ROWS[1]]).encode()
    header = csv_text([HEADERS]).encode()
    fast = read(header + body)
    # A quote inside a field, in a row of its own, makes the reader go character by character.
    slow = read(header + b'x"x\r\n' + body)
    assert lines(slow)[1:] == [(number + 1, *cells) for number, *cells in lines(fast)]


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400) | st.binary(max_size=60).map(lambda tail: table() + tail))
def test_no_bytes_make_the_reader_fail(data: bytes) -> None:
    sheet = read(data)
    assert bool(sheet.meta["fatal"]) != bool(sheet.frame.height)

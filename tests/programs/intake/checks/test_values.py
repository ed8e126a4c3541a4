"""One case per line: a row with one thing changed, and what the checks make of it (E01 to E06, E10, E11, W05)."""

import datetime as dt
from collections.abc import Mapping

import pytest

from tests.programs.intake.checks.rows import (
    ENGINEER,
    INTRODUCED,
    MAN,
    MASTER,
    TRAINED,
    WOMAN,
    check_row,
    check_rows,
    introduced_context,
)
from tests.programs.intake.checks.world import DATE, NUMBER, TEXT, context

PASSPORT = {"id_type": "普通护照", "id_number": "E12345678", "birth_date": "1980-02-03"}


def test_the_rows_that_cases_start_from_are_clean() -> None:
    assert check_rows([TRAINED, MASTER, ENGINEER])[0] == [set(), set(), set()]
    assert check_rows([INTRODUCED], facts=introduced_context())[0] == [set()]


@pytest.mark.parametrize("column", ["name", "id_type", "id_number", "path", "programme", "started_on", "outcome"])
@pytest.mark.parametrize("nothing", [None, "", "  ", "\u3000", "\u200b", "'"])
def test_a_needed_value_is_missing(column: str, nothing: str | None) -> None:
    assert check_row(TRAINED, **{column: nothing}) == {("E01", column)}


@pytest.mark.parametrize(
    ("base", "changed", "column"),
    [
        (TRAINED, {"cohort": None}, "cohort"),
        (TRAINED, {"completed_on": None}, "completed_on"),
        (TRAINED, {**PASSPORT, "birth_date": None}, "birth_date"),
        (TRAINED, {"id_type": "553", "id_number": "ABC123456789012"}, "birth_date"),
        (TRAINED, {"id_type": "户口簿", "id_number": MAN}, "birth_date"),
        (MASTER, {"graduated_on": None}, "graduated_on"),
        (MASTER, {"education": "19", "graduated_on": None}, "graduated_on"),
        (ENGINEER, {"title_awarded_on": None}, "title_awarded_on"),
    ],
)
def test_a_value_is_missing_that_this_row_needs(
    base: Mapping[str, str | None], changed: dict[str, str | None], column: str
) -> None:
    assert check_row(base, **changed) == {("E01", column)}


@pytest.mark.parametrize("column", ["employer", "employer_uscc"])
def test_an_introduction_needs_its_employer(column: str) -> None:
    found, _ = check_rows([{**INTRODUCED, column: None}], facts=introduced_context())
    assert found == [{("E01", column)}]


@pytest.mark.parametrize(
    "changed",
    [
        {"outcome": "在读", "completed_on": None},
        {"outcome": "退出", "completed_on": None},
        {"outcome": "退出", "completed_on": "2019-03-01"},
        {"education": "21", "graduated_on": None},
        {"education": "21"},
        {"id_type": "553", "id_number": "930110199001011234"[:17] + "X", "birth_date": None, "gender": None},
        {"gender": "未知的性别"},
        {"gender": "9"},
        {"gender": "男性"},
        {"gender": "Male"},
        {"birth_date": "1978/1/19"},
    ],
)
def test_what_is_not_needed_is_not_missed(changed: dict[str, str | None]) -> None:
    found = check_row(TRAINED, **changed)
    assert not {rule for rule, _ in found} & {"E01", "E02", "E06"}


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("id_type", "111", "111"),
        ("id_type", " 居民 身份证", "111"),
        ("id_type", "Resident Identity Card", "111"),
        ("id_type", "１１１", "111"),
        ("id_type", "临时居民身份证", "112"),
        ("education", "大学本科毕业", "21"),
        ("education", "２１", "21"),
        ("education", "undergraduate - GRADUATED", "21"),
        ("title", "082", "082"),
        ("title", "82", "082"),
        ("title", "教授级高级工程师", "L-081"),
        ("title", "研究员级高级工程师", "L-081"),
        ("title", "讲师（高校）", "013"),
        ("title", "讲师(高校)", "013"),
        ("title", "l-081", "L-081"),
        ("path", "Trained", "trained"),
        ("outcome", "COMPLETED", "completed"),
        ("district", "520103", "520103"),
        ("district", "云岩区", "520103"),
        ("segment", "核心", "core"),
        ("segment", "核心业态", "core"),
        ("segment", "关联", "related"),
        ("segment", "Derivative", "derivative"),
    ],
)
def test_labels_and_codes_are_folded_alike(column: str, text: str, code: str) -> None:
    found, lines = check_rows([{**ENGINEER, column: text}])
    assert found == [set()]
    assert lines[0][column] == code


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("id_type", "学生卡"),
        ("gender", "未填"),
        ("path", "招聘"),
        ("outcome", "毕业了"),
        ("education", "10"),
        ("education", "20"),
        ("education", "大学本科教育"),
        ("education", "研究生学历"),
        ("education", "99"),
        ("title", "080"),
        ("title", "工程技术人员"),
        ("title", "研究员"),
        ("district", "529999"),
        ("district", "520201"),
        ("segment", "核心区"),
    ],
)
def test_a_value_is_not_in_the_code_table(column: str, text: str) -> None:
    # An unknown document type also leaves the number unchecked: nothing depends on a value that is not there.
    found, lines = check_rows([{**ENGINEER, column: text, "id_number": "5" if column == "id_type" else MAN}])
    assert found == [{("E02", column)}]
    assert lines[0][column] is None


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("港澳同胞回乡证（通行卡）", "516"),
        ("港澳居民来往内地通行证", "516"),
        ("外国人永久居留证", "553"),
        ("外国人永久居留身份证", "553"),
        ("港澳居民居住证", "L-RP-HM"),
        ("台湾居民居住证", "L-RP-TW"),
    ],
)
def test_old_and_current_names_of_a_document_are_one_code(label: str, code: str) -> None:
    assert check_rows([{**TRAINED, "id_type": label}])[1][0]["id_type"] == code


@pytest.mark.parametrize("column", ["birth_date", "started_on", "completed_on", "graduated_on", "title_awarded_on"])
@pytest.mark.parametrize("text", ["2019-02-30", "2019/13/1", "去年三月", "2019", "2101-01-01", "1899-12-31", "0"])
def test_no_date(column: str, text: str) -> None:
    assert check_row({**MASTER, **ENGINEER, "education_cert_no": None}, **{column: text}) >= {("E03", column)}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2019-03-01", dt.date(2019, 3, 1)),
        ("2019/3/1", dt.date(2019, 3, 1)),
        ("2019.3.1", dt.date(2019, 3, 1)),
        ("20190301", dt.date(2019, 3, 1)),
        ("2019年3月1日", dt.date(2019, 3, 1)),
        (" 2019年3月1日\u3000", dt.date(2019, 3, 1)),
        ("２０１９．３．１", dt.date(2019, 3, 1)),
        ("2019-03-01 00:00:00", dt.date(2019, 3, 1)),
        ("43525", dt.date(2019, 3, 1)),
        ("43525.5", dt.date(2019, 3, 1)),
    ],
)
def test_dates_as_they_come(text: str, day: dt.date) -> None:
    found, lines = check_rows([{**TRAINED, "completed_on": text}])
    assert found == [set()]
    assert lines[0]["completed_on"] == day


def test_dates_of_a_workbook() -> None:
    row = {**TRAINED, "started_on": "43491", "completed_on": "20190304", "birth_date": "1978-01-19"}
    kinds = {"started_on": NUMBER, "completed_on": NUMBER, "birth_date": DATE}
    found, lines = check_rows([row], kinds=kinds)
    assert found == [set()]
    assert (lines[0]["started_on"], lines[0]["completed_on"]) == (dt.date(2019, 1, 26), dt.date(2019, 3, 4))


def test_serial_dates_of_the_1904_system() -> None:
    found, lines = check_rows(
        [{**TRAINED, "started_on": "42029"}], kinds={"started_on": NUMBER}, facts=context(date1904=True)
    )
    assert (found, lines[0]["started_on"]) == ([set()], dt.date(2019, 1, 26))


@pytest.mark.parametrize("text", ["2019年2月", "2019.02", "2019-02", "2019/2", "201902"])
def test_a_month_is_its_last_day_and_told(text: str) -> None:
    found, lines = check_rows([{**TRAINED, "completed_on": text}])
    assert found == [{("W05", "completed_on")}]
    assert lines[0]["completed_on"] == dt.date(2019, 2, 28)


def test_a_month_is_the_first_day_of_a_start() -> None:
    found, lines = check_rows([{**TRAINED, "started_on": "2019.01"}])
    assert found == [{("W05", "started_on")}]
    assert lines[0]["started_on"] == dt.date(2019, 1, 1)


def test_a_month_is_no_birth_date() -> None:
    found, lines = check_rows([{**TRAINED, "birth_date": "1978年1月"}])
    assert found == [{("E03", "birth_date")}]
    assert lines[0]["birth_date"] is None


def test_a_number_that_may_have_been_another_month_is_no_date() -> None:
    row = {**TRAINED, "completed_on": "2019.1"}
    assert check_rows([row], kinds={"completed_on": NUMBER})[0] == [{("E03", "completed_on")}]
    assert check_rows([row], kinds={"completed_on": TEXT})[0] == [{("W05", "completed_on")}]


@pytest.mark.parametrize(
    ("kind", "number", "sound"),
    [
        ("111", WOMAN, True),
        ("112", MAN, True),
        ("111", "52011119881103916" + "5", False),
        ("111", "520111198802309168", False),
        ("111", "110108711031168", False),
        ("111", "52011119881103916", False),
        ("111", "5201111988110391644", False),
        ("111", "5201 11198811039164", False),
        ("111", "52010220990101001X", False),
        ("港澳居民居住证", "810000198805121166", True),
        ("港澳居民居住证", "820000198806121178", True),
        ("港澳居民居住证", "83000019880712118X", False),
        ("港澳居民居住证", MAN, False),
        ("台湾居民居住证", "83000019880712118X", True),
        ("台湾居民居住证", "810000198805121166", False),
        ("516", "H12345678", True),
        ("516", "M1234567801", True),
        ("516", "HA1234567", True),
        ("516", "MA1234567", True),
        ("516", "H123456789", False),
        ("516", "HB1234567", False),
        ("516", "12345678", False),
        ("511", "12345678", True),
        ("511", "1234567", False),
        ("511", "A1234567", False),
        ("414", "E12345678", True),
        ("411", "12345", True),
        ("420", "KJ0123456", True),
        ("414", "E123", False),
        ("414", "E123456789", False),
        ("414", "E-1234567", False),
        ("553", "ABC123456789012", True),
        ("553", "AB1234567890123", False),
        ("553", "812345199001011234", False),
        ("990", "随便什么 1/2", True),
        ("114", "军字第1234567号", True),
        ("335", "１２３", True),
    ],
)
def test_a_number_against_its_document(kind: str, number: str, sound: bool) -> None:
    born = None if kind in ("111", "112") or number.startswith("8") else "1980-02-03"
    found = check_row(TRAINED, id_type=kind, id_number=number, birth_date=born)
    assert found == (set() if sound else {("E04", "id_number")})


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (f" {MAN}\u3000", MAN),
        (f"'{MAN}", MAN),
        (f"\u200b{MAN}\ufeff", MAN),
        (f"＇{MAN}", MAN),
        ("".join(chr(ord(digit) + 0xFEE0) for digit in MAN), MAN),
        ("51010419910324457x", "51010419910324457X"),
        ("51010419910324457Ｘ", "51010419910324457X"),
        ("51010419910324457ｘ", "51010419910324457X"),
    ],
)
def test_form_is_mended_silently(text: str, number: str) -> None:
    found, lines = check_rows([{**TRAINED, "id_number": text}])
    assert found == [set()]
    assert lines[0]["id_number"] == number


@pytest.mark.parametrize("column", ["id_number", "education_cert_no", "title_cert_no", "employer_uscc"])
@pytest.mark.parametrize("text", ["5.20102E+17", "5.20102e+17", "5E+17", " 5.20102E17"])
def test_scientific_notation_is_damage(column: str, text: str) -> None:
    assert check_row({**MASTER, **ENGINEER}, **{column: text}) == {("E05", column)}


@pytest.mark.parametrize("column", ["id_number", "education_cert_no", "title_cert_no", "employer_uscc"])
def test_a_number_of_sixteen_digits_is_damage_and_the_same_text_is_not(column: str) -> None:
    row = {**MASTER, **ENGINEER, column: "106711200402002402" if column == "education_cert_no" else MAN}
    assert check_rows([row], kinds={column: NUMBER})[0] == [{("E05", column)}]
    assert ("E05", column) not in check_rows([row], kinds={column: TEXT})[0][0]
    assert ("E05", column) not in check_rows([row])[0][0]


def test_fifteen_digits_in_a_numeric_cell_are_no_damage() -> None:
    row = {**TRAINED, "id_number": "110108711031168"}
    assert check_rows([row], kinds={"id_number": NUMBER})[0] == [{("E04", "id_number")}]


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"birth_date": "1978-01-20"}, "birth_date"),
        ({"gender": "女"}, "gender"),
        ({"gender": "2"}, "gender"),
        ({"id_type": "港澳居民居住证", "id_number": "810000198805121166", "gender": "男"}, "gender"),
        ({"id_type": "台湾居民居住证", "id_number": "83000019880712118X", "birth_date": "1988-07-13"}, "birth_date"),
    ],
)
def test_the_number_says_otherwise(changed: dict[str, str], column: str) -> None:
    assert check_row(TRAINED, **changed) == {("E06", column)}


def test_an_unsound_number_says_nothing() -> None:
    found = check_row(TRAINED, id_number=MAN[:-1] + "0", birth_date="1999-09-09", gender="女")
    assert found == {("E04", "id_number")}
    assert check_row(TRAINED, id_number="5.2E+17", birth_date="1999-09-09") == {("E05", "id_number")}


def test_documents_without_a_birth_date_in_them_disagree_with_nothing() -> None:
    assert check_row(TRAINED, **PASSPORT, gender="女") == set()
    old_card = {"id_type": "553", "id_number": "ABC110199001011", "birth_date": "1971-01-01", "gender": "男"}
    assert check_row(TRAINED, **old_card) == set()


@pytest.mark.parametrize(
    ("code", "sound"),
    [
        ("91520111MAP839UXM7", True),
        ("91520111map839uxm7", True),
        (" ９1520111MAP839UXM7", True),
        ("91520111MAP839UXM8", False),
        ("91520111MAP839UXM", False),
        ("91520111MAP839UXMI", False),
        ("无", False),
    ],
)
def test_credit_codes(code: str, sound: bool) -> None:
    found, _ = check_rows([{**INTRODUCED, "employer_uscc": code}], facts=introduced_context())
    assert found == [set() if sound else {("E10", "employer_uscc")}]
    # Given without being needed, it is checked all the same.
    assert check_row(TRAINED, employer_uscc=code) == (set() if sound else {("E10", "employer_uscc")})


@pytest.mark.parametrize(
    ("number", "fits"),
    [
        ("106711200402002402", True),
        ("106715200402002402", True),
        ("106717200402002402", True),
        ("106712200402002402", False),
        ("106711200403002402", False),
        ("106711200402002", False),
        ("1067112004020024021", False),
        ("10671120040200240X", False),
        ("10671120010200240", True),
        ("10671120020200240", True),
        ("10671120030200240", False),
        ("106716999999999999", True),
        ("10671699999999999", True),
        ("1067169999999999", False),
        ("1067 1200402002402", False),
    ],
)
def test_the_structure_of_certificate_numbers(number: str, fits: bool) -> None:
    assert check_row(MASTER, education_cert_no=number) == (set() if fits else {("E11", "education_cert_no")})

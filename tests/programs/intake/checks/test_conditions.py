"""What disagrees within a row: E08, E09, W01 to W03, W05 on names, W07; and what depends on a value that is wrong."""

import datetime as dt
import json
from collections.abc import Mapping

import polars as pl
import pytest

from programs.intake.cells import check_cells
from programs.intake.context import CohortFacts, Context
from tests.programs.intake.checks.rows import (
    ENGINEER,
    INTRODUCED,
    MAN,
    MASTER,
    TRAINED,
    Found,
    check_row,
    check_rows,
    introduced_context,
)
from tests.programs.intake.checks.world import INTRO, OTHER_TRAIN, TRAIN, Sheet, context, sheet_of


def facts_of_both_paths() -> Context:
    """An organisation in two trained programmes and an introduced one, with a cohort in each trained one."""
    other = CohortFacts(9, "T-A-OTHER", OTHER_TRAIN.id, dt.date(2019, 1, 1), dt.date(2019, 12, 31))
    base = context()
    programmes = {"t-bd-train": TRAIN, "t-bd-intro": INTRO, "t-other": OTHER_TRAIN}
    return context(programmes=programmes, cohorts={**base.cohorts, "t-a-other": other})


def reasons(row: Mapping[str, str | None], facts: Context | None = None) -> dict[tuple[str, str], str]:
    """(rule, column) to the reason that the finding gives."""
    findings = check_cells(sheet_of([dict(row)]), facts or context()).findings
    return {
        (rule, column): json.loads(params).get("reason")
        for rule, column, params in findings.select("rule", "column", "params").iter_rows()
    }


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"programme": "T-NOPE"}, {("E08", "programme"): "unknown"}),
        ({"programme": "t-bd-train "}, {}),
        ({"programme": "Ｔ-BD-TRAIN"}, {}),
        ({"programme": "T-BD-INTRO"}, {("E08", "programme"): "path"}),
        ({"programme": "T-OTHER"}, {("E08", "cohort"): "programme"}),
        ({"cohort": "T-B-2019Q1"}, {("E08", "cohort"): "unknown"}),
        ({"cohort": "T-A-OTHER"}, {("E08", "cohort"): "programme"}),
        ({"cohort": "t-a-2019q1"}, {}),
        (
            {"path": "引进", "employer": "甲", "employer_uscc": "91520111MAP839UXM7"},
            {
                ("E08", "programme"): "path",
                ("E08", "cohort"): "introduction",
            },
        ),
        (
            {"path": "引进", "programme": "T-BD-INTRO", "employer": "甲", "employer_uscc": "91520111MAP839UXM7"},
            {
                ("E08", "cohort"): "introduction",
            },
        ),
        ({"path": "招聘"}, {("E02", "path"): "unknown"}),
        ({"path": "招聘", "cohort": None}, {("E02", "path"): "unknown"}),
    ],
)
def test_programmes_and_cohorts(changed: dict[str, str | None], expected: dict[tuple[str, str], str]) -> None:
    assert reasons({**TRAINED, **changed}, facts_of_both_paths()) == expected


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"started_on": "2019-03-01", "completed_on": "2019-02-28"}, {("E09", "completed_on"): "order"}),
        ({"started_on": "2019-03-01", "completed_on": "2019-03-01"}, {}),
        ({"started_on": "2019-01-01", "completed_on": "2019-04-30"}, {}),
        ({"started_on": "2018-12-31"}, {("E09", "started_on"): "cohort"}),
        ({"completed_on": "2019-05-01"}, {("E09", "completed_on"): "cohort"}),
        ({"completed_on": "2097-03-01"}, {("E09", "completed_on"): "future"}),
        ({"started_on": "1978-01-19"}, {("E09", "started_on"): "birth"}),
        ({"started_on": "1978-01-20"}, {("E09", "started_on"): "cohort"}),
        ({"outcome": "退出", "completed_on": "2018-12-01"}, {("E09", "completed_on"): "order"}),
        ({"outcome": "在读", "completed_on": "2019-05-01"}, {("E09", "completed_on"): "cohort"}),
        ({"started_on": "去年", "completed_on": "2019-02-01"}, {("E03", "started_on"): "day"}),
    ],
)
def test_the_order_of_days(changed: dict[str, str | None], expected: dict[tuple[str, str], str]) -> None:
    assert reasons({**TRAINED, **changed}) == expected


def test_without_a_cohort_the_programme_bounds_the_days() -> None:
    outside = {**INTRODUCED, "started_on": "2017-12-31", "completed_on": "2018-02-01"}
    assert reasons(outside, introduced_context()) == {("E09", "started_on"): "programme", ("W03", "completed_on"): None}
    # What is wrong with the cohort hides what would be measured by it.
    assert reasons({**TRAINED, "cohort": "T-NOPE", "started_on": "2017-12-31"}) == {("E08", "cohort"): "unknown"}


def test_today_is_not_the_future_and_birth_comes_from_the_cell_where_the_number_has_none() -> None:
    assert check_rows([TRAINED], facts=context(today=dt.date(2019, 3, 4)))[0] == [set()]
    assert check_rows([TRAINED], facts=context(today=dt.date(2019, 3, 3)))[0] == [{("E09", "completed_on")}]
    passport = {**TRAINED, "id_type": "414", "id_number": "E12345678", "birth_date": "2019-01-26"}
    assert reasons(passport) == {("E09", "started_on"): "birth"}


@pytest.mark.parametrize(
    ("education", "level", "agrees"),
    [
        *(("11", level, level == "01") for level in ("01", "02", "04", "05", "06")),
        *(("13", level, level == "01") for level in ("01", "02")),
        *(("14", level, level == "02") for level in ("01", "02", "04", "05", "06")),
        *(("19", level, level == "02") for level in ("01", "02")),
        *(("21", level, level in ("04", "05")) for level in ("01", "02", "04", "05", "06")),
        *(("28", level, level in ("04", "05")) for level in ("02", "04", "05")),
        *(("31", level, level == "06") for level in ("01", "02", "04", "05", "06")),
        *(("33", level, level == "06") for level in ("05", "06")),
        *(("41", level, False) for level in ("05", "06")),
    ],
)
def test_the_level_in_a_certificate_number(education: str, level: str, agrees: bool) -> None:
    found = reasons({**MASTER, "education": education, "education_cert_no": f"1067112004{level}002402"})
    assert found == ({} if agrees else {("W01", "education_cert_no"): "level"})


@pytest.mark.parametrize(
    ("school", "number", "raised"),
    [
        ("贵州大学", "106711200402002402", True),
        ("贵州财经大学 ", "106711200402002402", False),
        ("Guizhou University of Finance and Economics", "106711200402002402", False),
        ("四川大学", "106711200402002402", False),
        ("遵义医学院", "106611200402002402", False),
        ("遵义医科大学", "106611200402002402", False),
        ("遵义医学院", "106601200402002402", True),
        (None, "106711200402002402", False),
        ("贵州大学", "106716200402002402", False),
    ],
)
def test_the_school_in_a_certificate_number(school: str | None, number: str, raised: bool) -> None:
    found = reasons({**MASTER, "school": school, "education_cert_no": number})
    assert found == ({("W01", "education_cert_no"): "school"} if raised else {})


def test_a_certificate_number_without_an_education_disagrees_with_none() -> None:
    assert check_row(TRAINED, education_cert_no="106711200402002402") == set()
    assert check_row(MASTER, education="本硕连读") == {("E02", "education")}


BOTH = {**MASTER, **ENGINEER}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({**MASTER, "education_cert_no": None}, {("W02", "education_cert_no")}),
        ({**ENGINEER, "title_cert_no": None}, {("W02", "title_cert_no")}),
        ({**ENGINEER, "title_cert_no": "无"}, {("W02", "title_cert_no")}),
        ({**ENGINEER, "title": "教授级高级工程师", "title_cert_no": None}, {("W02", "title_cert_no")}),
        ({**BOTH, "education_cert_no": None}, set()),
        ({**BOTH, "title_cert_no": None}, set()),
        ({**BOTH, "education_cert_no": None, "title_cert_no": None}, {("W02", "education_cert_no")}),
        ({**BOTH, "education": "21", "education_cert_no": None, "title_cert_no": None}, {("W02", "title_cert_no")}),
        (
            {**BOTH, "education": "21", "education_cert_no": "106711200405002402", "title_cert_no": None},
            {("W02", "title_cert_no")},
        ),
        ({**MASTER, "education": "15", "education_cert_no": None}, set()),
        ({**MASTER, "education": "21", "education_cert_no": None}, set()),
        ({**ENGINEER, "title": "工程师", "title_cert_no": None}, set()),
        ({**ENGINEER, "title": "副教授", "title_cert_no": None}, set()),
        ({**MASTER, "education_cert_no": None, "outcome": "在读", "completed_on": None}, set()),
        ({**MASTER, "education_cert_no": None, "outcome": "退出"}, set()),
        ({**MASTER, "education_cert_no": None, "graduated_on": "2021-01-01"}, set()),
        ({**MASTER, "education_cert_no": "1.06711E+17"}, {("E05", "education_cert_no")}),
    ],
)
def test_high_end_without_a_certificate_number(row: dict[str, str | None], expected: Found) -> None:
    assert check_rows([row])[0] == [expected]


def test_a_row_outside_the_plan_makes_nobody_high_end() -> None:
    row = {**INTRODUCED, "programme": "T-BD-LONG", "started_on": "2017-06-01", "completed_on": "2017-07-01"}
    row |= {"education": "14", "graduated_on": "2004-07-17"}
    facts = context("T-HITECH", "2019-Q1", period_starts_on=dt.date(2017, 7, 1), period_ends_on=dt.date(2017, 9, 30))
    assert check_rows([row], facts=facts)[0] == [set()]
    unbounded = context(
        "T-HITECH",
        period_starts_on=dt.date(2017, 7, 1),
        period_ends_on=dt.date(2017, 9, 30),
        plan_starts_on=None,
        plan_ends_on=None,
    )
    assert check_rows([row], facts=unbounded)[0] == [{("W02", "education_cert_no")}]


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "limit"),
    [
        ((2019, 4, 1), (2019, 6, 30), (2018, 10, 1)),
        ((2019, 1, 1), (2019, 3, 31), (2018, 7, 1)),
        ((2019, 3, 1), (2019, 3, 31), (2019, 1, 1)),
        ((2019, 1, 1), (2019, 12, 31), (2017, 1, 1)),
        ((2019, 1, 1), (2019, 6, 30), (2018, 1, 1)),
        ((2019, 3, 21), (2019, 4, 20), (2019, 1, 21)),
        ((2019, 4, 30), (2019, 5, 29), (2019, 2, 28)),
        ((2019, 1, 1), (2019, 1, 10), (2018, 12, 12)),
    ],
)
def test_three_periods_before(
    starts_on: tuple[int, int, int], ends_on: tuple[int, int, int], limit: tuple[int, int, int]
) -> None:
    first = dt.date(*limit)
    facts = context(
        period_starts_on=dt.date(*starts_on),
        period_ends_on=dt.date(*ends_on),
        cohorts={"all": CohortFacts(1, "ALL", 1, dt.date(2016, 1, 1), dt.date(2020, 1, 1))},
    )
    assert facts.late_before() == first
    row = {**TRAINED, "cohort": "ALL", "started_on": "2016-12-01"}
    in_time, late = {**row, "completed_on": str(first)}, {**row, "completed_on": str(first - dt.timedelta(days=1))}
    withdrawn = {**late, "outcome": "退出"}
    assert check_rows([in_time, late, withdrawn], facts=facts)[0] == [set(), {("W03", "completed_on")}, set()]


@pytest.mark.parametrize(
    ("written", "kept", "key", "raised"),
    [
        ("张伟", "张伟", "张伟", False),
        (" 张\u3000伟 ", "张伟", "张伟", False),
        ("阿卜杜拉·肉孜", "阿卜杜拉·肉孜", "阿卜杜拉肉孜", False),
        *(
            (f"阿卜杜拉{dot}肉孜", "阿卜杜拉·肉孜", "阿卜杜拉肉孜", False)
            for dot in "\u30fb\u2022\u2027\u2219\uff65\u22c5"
        ),
        ("阿卜杜拉.肉孜", "阿卜杜拉.肉孜", "阿卜杜拉肉孜", False),
        ("Ｊｏｈｎ  Smith", "John Smith", "johnsmith", False),
        ("\u2ec4门庆", "西门庆", "西门庆", True),
        ("\u2f63大海", "生大海", "生大海", True),
        ("钟\ue863", "钟\u4dae", "钟\u4dae", True),
        ("钟\u4dae", "钟\u4dae", "钟\u4dae", False),
        ("\uf914天", "樂天", "樂天", True),
        ("\ufa11山", "\ufa11山", "\ufa11山", False),
        ("王\ufffd", "王\ufffd", "王\ufffd", True),
        ("王\ue000", "王\ue000", "王\ue000", True),
        ("\U00030edd\U00020087", "\U00030edd\U00020087", "\U00030edd\U00020087", False),
    ],
)
def test_names(written: str, kept: str, key: str, raised: bool) -> None:
    found, lines = check_rows([{**TRAINED, "name": written}])
    assert (lines[0]["name"], lines[0]["name_key"]) == (kept, key)
    assert found == [{("W05", "name")} if raised else set()]


def test_unknown_columns_are_told_once_and_warn_no_row() -> None:
    sheet = sheet_of([dict(TRAINED), dict(TRAINED)], unknown=["身高", f"备注 {MAN}"])
    findings = check_cells(sheet, context()).findings
    assert findings.select("row", "column", "rule").rows() == [(None, None, "W07")]
    assert json.loads(findings["params"][0])["columns"][0] == "身高"
    assert MAN not in str(findings["value"][0])


def test_warnings_do_not_fail_a_row_and_what_is_wrong_is_no_value() -> None:
    checked = check_cells(sheet_of([{**MASTER, "education_cert_no": None}, {**MASTER, "district": "x"}]), context())
    assert checked.frame["failed"].to_list() == [False, True]
    assert checked.frame["district"].to_list() == [None, None]
    assert checked.frame["basis"].to_list() == ["education", "education"]


def test_columns_that_are_not_there_and_rows_that_are_empty() -> None:
    bare = Sheet(pl.DataFrame({"row": pl.Series([5], dtype=pl.UInt32), "name": pl.Series([None])}))
    checked = check_cells(bare, context())
    missing = ["id_number", "id_type", "name", "outcome", "path", "programme", "started_on"]
    assert sorted(checked.findings["column"]) == missing
    assert checked.frame["row"].to_list() == [5]
    empty = check_cells(Sheet(bare.frame.clear()), context())
    assert (empty.frame.height, empty.findings.height) == (0, 0)
    assert empty.frame.schema == checked.frame.schema


def test_the_typed_frame() -> None:
    row = {**MASTER, **ENGINEER, "degree": "工学硕士", "occupation": "大数据工程技术人员", "remarks": "（一）Ａ"}
    line = check_rows([{**row, "gender": "男", "programme": " t-bd-train"}])[1][0]
    assert line["started_on"] == dt.date(2019, 1, 26)
    assert (line["programme"], line["programme_id"], line["cohort_id"]) == ("T-BD-TRAIN", 1, 1)
    assert (line["path"], line["outcome"], line["gender"]) == ("trained", "completed", "1")
    assert (line["degree"], line["occupation"], line["remarks"]) == ("308", "2-02-38-03", "（一）A")
    assert (line["document_key"], line["born_on"], line["sex"]) == (f"111|{MAN}", dt.date(1978, 1, 19), "1")
    assert line["birth_date"] is None
    assert line["basis"] == "education"


def test_of_two_credentials_the_one_held_first_is_the_basis() -> None:
    rows = [{**BOTH, "title_awarded_on": day} for day in ("2004-07-16", "2004-07-17")]
    assert [line["basis"] for line in check_rows(rows)[1]] == ["title", "education"]


def test_content_tells_values_and_not_form() -> None:
    same = [
        TRAINED,
        {**TRAINED, "name": " 熊 诗博", "id_type": "111", "started_on": "2019年1月26日", "path": "Trained"},
        {**TRAINED, "id_number": f"'{MAN}", "programme": "t-bd-train", "remarks": " "},
    ]
    other = [{**TRAINED, "remarks": "x"}, {**TRAINED, "gender": "男"}, {**TRAINED, "completed_on": "2019-03-05"}]
    contents = [line["content"] for line in check_rows([*same, *other])[1]]
    assert len(set(contents[:3])) == 1
    assert len(set(contents)) == 4


def test_two_writings_of_one_document_share_a_key() -> None:
    def key(kind: str, number: str) -> str:
        row = {**TRAINED, "id_type": kind, "id_number": number, "birth_date": "1980-02-03"}
        return str(check_rows([row])[1][0]["document_key"])

    assert key("516", "H12345678") == key("516", "H1234567802") == key("516", " h1234567801")
    assert key("516", "HA1234567") != key("516", "H12345678")
    assert (
        check_rows([TRAINED])[1][0]["document_key"] == check_rows([{**TRAINED, "id_type": "112"}])[1][0]["document_key"]
    )
    assert key("414", "E12345678") != key("420", "E12345678")


def test_an_organisation_that_may_report_nothing() -> None:
    facts = context(programmes={}, cohorts={}, qualifying_education=frozenset(), qualifying_titles=frozenset())
    assert check_rows([{**MASTER, "education_cert_no": None}], facts=facts)[0] == [
        {("E08", "programme"), ("E08", "cohort")}
    ]

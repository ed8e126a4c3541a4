"""Whichever way a row comes in, the same is found in it: a text file, a workbook, a JSON batch, a form."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.accounts import scope
from backend.problems import Invalid
from programs.intake.readers.files import read_file
from programs.intake.readers.limits import Limits
from programs.intake.readers.records import sheet_from_records
from programs.intake.readers.sheet import Sheet
from programs.intake.rules import SEVERITIES, WARNING
from programs.intake.templates import general
from programs.intake.templates.one_row import check_row
from programs.intake.templates.work import REJECTED
from programs.submissions.models import Submission
from tests.factories import SubmissionFactory
from tests.programs.intake.templates.cohorts import COHORTS
from tests.programs.intake.templates.planner import Planner, Row, as_csv, as_xlsx
from tests.support.partner import number

Found = set[tuple[str, str]]
Told = tuple[Found, dict[str, Any] | None]
"""What is found in a row, and its values unless it is refused."""

OWN = "a programme of the planner's own"
ODD = st.text("甲乙张 　-·/年月日.,:()（）'+￥\t\n0123456789０９aXxＸE", max_size=14)
TYPICAL = {
    "programme": [OWN, "NONE-1"],
    "starts_on": ["2019-03-01", "2019/3/1", "2019年3月", "20190301", "43525", "01.03.2019", "2019-02-30", "去年"],
    "ends_on": ["2019-06-30", "2019年6月30日", "2019.6", "2019-01", "43646"],
    "capacity": ["30", "３０", "1,000", "1,00", "0", "5001", "-1", "2.50", "2.0", "1e3", "99999999999999999999"],
    "fee": ["1200.50", "1,200.5", "0", "-0.01", "12.345", ".5", "￥5", "9999999999999999.99"],
    "mode": ["线下", "面授", "online", "ROOM", "通宵"],
    "district": ["南明区", "520102", "火星区", "花溪"],
    "host_uscc": ["91520100MA6DMH9D96", "91520100MA6DMH9D9X", "9.15201E+17", "１２３"],
    "head": ["张三", "张 三", "张三（退休）", "Li  Lei", "13800138000"],
    "id_type": ["居民身份证", "护照", "111", "驾照"],
    "id_number": [number(7), "11010119900101001X", "1.10101E+17", "E12345678", "e 1234 5678"],
    "telephone": ["13800138000", "+86 138-0013-8000", "1.38E+10", "0851-1234567"],
    "remarks": ["——", "无", "（备注）110101199001010010", "a,b;c"],
}
GOOD = {code: texts[0] for code, texts in TYPICAL.items()}
CELLS = {code: st.one_of(st.none(), st.sampled_from(texts), ODD) for code, texts in TYPICAL.items()}
PLAIN = st.one_of(st.integers(-5, 10**20), st.floats(allow_nan=False, allow_infinity=False), st.booleans(), st.dates())


def rows_of(cells: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[list[Row]]:
    """Good rows, of which some cells are drawn anew."""
    spoilt = st.fixed_dictionaries({}, optional=cells)
    return st.lists(spoilt.map(lambda cells: GOOD | cells), min_size=1, max_size=4)


SLOWLY = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


WAYS: dict[str, Callable[[list[Row]], Sheet]] = {
    "json": lambda rows: sheet_from_records(rows, Limits(), COHORTS.layout),
    "csv": lambda rows: read_file(as_csv(rows), Limits(), COHORTS.layout),
    "xlsx": lambda rows: read_file(as_xlsx(rows), Limits(), COHORTS.layout),
}


@pytest.fixture
def sheeted(planner: Planner) -> Submission:
    """A submission in the template, for which any sheet may be checked."""
    return SubmissionFactory(
        organisation=planner.organisation, submitted_by=planner.clerk, template=COHORTS.code, period=None
    )


def sent(submission: Submission, sheet: Sheet) -> list[Told]:
    """What becomes of a sheet's rows, in their order."""
    assessment = general.assess(submission, general.prepare(submission, sheet.meta, [sheet.frame]))
    found: dict[int, Found] = {row: set() for row in sheet.frame["row"]}
    for row, column, rule in assessment.findings.select("row", "column", "rule").iter_rows():
        found[row].add((rule, column))
    taken = assessment.rows.filter(pl.col("fate") != REJECTED)
    values = dict(zip(taken["row"], taken.drop("row", "fate").iter_rows(named=True), strict=True))
    return [(found[row], values.get(row)) for row in sorted(found)]


def entered(planner: Planner, row: Row) -> Told:
    """What becomes of the row in a form."""
    try:
        passed = check_row(COHORTS.code, row, actor=planner.clerk, organisation=planner.organisation)
    except Invalid as refused:
        return {(one.code, one.field) for one in refused.errors}, None
    return {(one.rule, one.column) for one in passed.warnings}, dict(passed.values)


def of_a_form(told: Told) -> Told:
    """The same as a form tells it: of a row that is refused, what refuses it and nothing else."""
    found, values = told
    return {one for one in found if values is not None or SEVERITIES[one[0]] != WARNING}, values


def named(planner: Planner, rows: list[Row]) -> list[Row]:
    """The rows, each with a code of its own, and with the planner's programme where that is meant."""
    own = {OWN: planner.programme.code}
    return [
        {"code": f"K-{place}"} | row | {"programme": own.get(str(row["programme"]), row["programme"])}
        for place, row in enumerate(rows)
    ]


@SLOWLY
@given(rows_of(CELLS))
def test_the_same_is_found_whichever_way_a_row_comes(planner: Planner, sheeted: Submission, rows: list[Row]) -> None:
    rows = named(planner, rows)
    with scope.everything():
        told = {way: sent(sheeted, read(rows)) for way, read in WAYS.items()}
        assert told["csv"] == told["json"]
        assert told["xlsx"] == told["json"]
        assert [entered(planner, row) for row in rows] == [of_a_form(one) for one in told["json"]]


@SLOWLY
@given(rows_of(dict.fromkeys(GOOD, PLAIN)))
def test_numbers_truths_and_days_are_taken_alike(planner: Planner, sheeted: Submission, rows: list[Row]) -> None:
    rows = named(planner, rows)
    batch = [{code: str(value) if isinstance(value, dt.date) else value for code, value in row.items()} for row in rows]
    with scope.everything():
        told = sent(sheeted, WAYS["json"](batch))
        assert [entered(planner, row) for row in rows] == [of_a_form(one) for one in told]

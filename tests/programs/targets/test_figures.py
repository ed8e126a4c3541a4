"""Rates, pace and course, worked by hand."""

import datetime as dt
import itertools

from hypothesis import given
from hypothesis import strategies as st

from programs.targets.figures import Figure, Landing, Span, figure
from programs.targets.series import PERIODS, course
from tests.programs.targets.world import day

PLAN = Span(day("2017-11-28"), day("2020-12-31"))
NONE = Landing()
SHORT = Span(day("2019-01-01"), day("2019-12-31"))


def figured(heads: dict[str, int], as_of: str, goal: int = 1_200, span: Span = SHORT) -> Figure:
    return figure(
        goal=goal, span=span, heads={day(on): count for on, count in heads.items()}, as_of=day(as_of), landing=NONE
    )


def monthly(*counts: int) -> dict[str, int]:
    return {f"2019-{month:02}-10": count for month, count in enumerate(counts, 1)}


def test_spans_count_both_ends() -> None:
    days = [day(on) for on in ("2017-11-27", "2017-11-28", "2020-12-31", "2026-01-01")]
    assert PLAN.days == 1130
    assert [PLAN.elapsed(on) for on in days] == [0, 1, 1130, 1130]
    assert [PLAN.left(on) for on in days] == [1130, 1129, 0, 0]


def test_rates() -> None:
    found = figured(monthly(100, 50), "2019-03-14")
    assert (found.achieved, found.remaining) == (150, 1_050)
    assert found.completion_rate == 0.125
    assert found.elapsed_rate == 0.2
    assert figured(monthly(1_300), "2019-03-14").remaining == 0


def test_pace_is_of_finished_months_alone() -> None:
    assert figured(monthly(31, 28, 500), "2019-03-30").pace == 30.0
    assert figured(monthly(31, 28, 31), "2019-03-31").pace == 30.0
    assert figured(monthly(31), "2019-01-30").pace is None
    old = {"2018-01-10": 1_000, "2018-12-10": 0}
    assert figured(old, "2019-12-31", span=Span(day("2018-01-01"), day("2020-12-31"))).pace == 0.0


def test_pace_leaves_out_a_month_that_the_plan_does_not_hold_whole() -> None:
    found = figured({"2017-11-29": 900, "2017-12-05": 31}, "2017-12-31", span=PLAN)
    assert found.pace == 30.0


def test_required_pace() -> None:
    assert figured(monthly(335), "2019-12-01", goal=635).required_pace == 300.0
    assert figured(monthly(1_200), "2019-06-30").required_pace == 0.0
    assert figured(monthly(1_199), "2019-12-31").required_pace is None
    assert figured({}, "2018-06-30").required_pace == round(1_200 * 30 / 365, 2)


@given(
    heads=st.dictionaries(st.dates(PLAN.starts_on, PLAN.ends_on), st.integers(0, 50), max_size=60),
    as_of=st.dates(dt.date(2017, 1, 1), dt.date(2022, 1, 1)),
    goal=st.integers(1, 100_000),
)
def test_any_course_ends_in_its_figure(heads: dict[dt.date, int], as_of: dt.date, goal: int) -> None:
    known = {on: count for on, count in heads.items() if on <= as_of}
    found = figure(goal=goal, span=PLAN, heads=known, as_of=as_of, landing=NONE)
    assert found.achieved == sum(known.values())
    assert 0 <= found.elapsed_rate <= 1
    for by in PERIODS:
        points = course(by=by, goal=goal, span=PLAN, heads=known, as_of=as_of)
        assert (points[-1].cumulative if points else 0) == found.achieved
        assert [point.cumulative for point in points] == sorted(point.cumulative for point in points)
        for point, following in itertools.pairwise(points):
            assert following.starts_on == point.ends_on + dt.timedelta(1)
        if points and points[-1].ends_on == PLAN.ends_on:
            assert points[-1].plan == goal


def test_course_names_and_cuts_its_periods() -> None:
    for by, names in (
        ("month", ["2017-11", "2017-12", "2018-01"]),
        ("quarter", ["2017-Q4", "2018-Q1"]),
        ("year", ["2017", "2018"]),
    ):
        points = course(by=by, goal=1130, span=PLAN, heads={}, as_of=day("2018-01-15"))
        assert [point.period for point in points] == names
        assert points[0].starts_on == day("2017-11-28")
        assert not points[-1].finished
    assert points[0].plan == 34
    assert points[1].plan_increment == 365


def test_course_compares_with_the_period_before_and_the_year_before() -> None:
    heads = {day(on): count for on, count in {"2018-01-10": 4, "2018-02-10": 5, "2019-01-10": 3}.items()}
    points = {
        point.period: point for point in course(by="month", goal=1, span=PLAN, heads=heads, as_of=day("2019-02-28"))
    }
    assert points["2018-02"].period_on_period == 0.25
    assert points["2018-01"].period_on_period is None
    assert points["2018-03"].period_on_period == -1.0
    assert points["2018-04"].period_on_period is None
    assert points["2019-01"].year_on_year == -0.25
    assert points["2019-02"].year_on_year == -1.0
    assert points["2018-12"].year_on_year is None

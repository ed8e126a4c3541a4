"""A briefing's comparisons are those of the target's own course, and its periods those of the calendar."""

import datetime as dt
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from programs.briefings.comparing import added, compared, greatest, periods
from programs.briefings.kinds import Kind, finished, holding, parsed
from programs.briefings.numbers import heads, percent, signed, tenths
from programs.snapshots.freezing import plain
from programs.targets.figures import Span
from programs.targets.series import course
from tests.programs.briefings.frozen import months


@examples(max_examples=40)
@given(
    values=st.lists(st.integers(-3, 40), max_size=36),
    starts_on=st.dates(dt.date(2017, 11, 1), dt.date(2018, 2, 28)),
    as_of=st.dates(dt.date(2018, 3, 1), dt.date(2021, 2, 28)),
)
def test_comparisons_are_those_of_the_course(values: list[int], starts_on: dt.date, as_of: dt.date) -> None:
    span = Span(starts_on, dt.date(2020, 12, 31))
    known = {day: count for day, count in months(values).items() if starts_on <= day <= as_of}
    frozen = [plain(asdict(one)) for one in course(by="month", goal=500, span=span, heads=known, as_of=as_of)]
    for kind in Kind:
        points = course(by=kind.value, goal=500, span=span, heads=known, as_of=as_of)
        told = periods(frozen, kind)
        assert [one.code for one in told] == [point.period for point in points]
        increments = {point.period: point.increment for point in points}
        for one, point in zip(told, points, strict=True):
            found = added(frozen, one)
            assert found is not None
            assert found.heads == point.increment
            for other, rate in ((one.year_before, point.year_on_year), (one.before, point.period_on_period)):
                change = compared(frozen, one, other)
                assert change is not None
                if increments.get(other.code, 0) > 0:
                    assert change.rate == rate
                else:
                    assert change.rate is None


@pytest.mark.parametrize(
    ("kind", "day", "code"),
    [
        (Kind.MONTH, "2019-06-30", "2019-06"),
        (Kind.MONTH, "2019-06-29", "2019-05"),
        (Kind.MONTH, "2019-01-30", "2018-12"),
        (Kind.QUARTER, "2019-06-30", "2019-Q2"),
        (Kind.QUARTER, "2019-03-30", "2018-Q4"),
        (Kind.YEAR, "2019-12-31", "2019"),
        (Kind.YEAR, "2019-12-30", "2018"),
        (Kind.MONTH, "2020-02-29", "2020-02"),
    ],
)
def test_the_period_that_had_ended(kind: Kind, day: str, code: str) -> None:
    assert finished(kind, dt.date.fromisoformat(day)).code == code


@given(day=st.dates(dt.date(2000, 1, 1), dt.date(2090, 1, 1)), kind=st.sampled_from(list(Kind)))
def test_periods_follow_each_other(day: dt.date, kind: Kind) -> None:
    one = holding(kind, day)
    assert one.first <= day <= one.last
    assert one.before.last + dt.timedelta(days=1) == one.first
    assert one.after.before == one
    assert one.year_before.first.year == one.first.year - 1
    assert one.year_before.last.month == one.last.month
    assert parsed(one.code) == one


@given(st.floats(-1e6, 1e6))
def test_no_zero_has_a_sign(value: float) -> None:
    for text in (tenths(value), percent(value / 100), heads(round(value)), signed(round(value))):
        assert "-" not in text
        assert text.strip("%") not in ("−0", "−0.0", "+0", "+0.0")


def test_the_others_are_never_one_alone() -> None:
    parts = [{"key": f"{n:02}", "achieved": 20 - n} for n in range(12)]
    shown, rest, others = greatest(parts)
    assert (len(shown), rest, others) == (10, 2, 10 + 9)
    shown, rest, others = greatest(parts[:11])
    assert (len(shown), rest, others) == (11, 0, 0)

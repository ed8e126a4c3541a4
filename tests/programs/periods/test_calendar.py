"""The working calendar, against two published libraries."""

import datetime as dt

import chinese_calendar
import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as some

from backend.reference.tables import read_holidays
from programs.periods import calendar as working
from programs.periods.calendar import Calendar

PUBLISHED = Calendar({row.day: row.kind for row in read_holidays()})
DAYS = some.dates(dt.date(2017, 1, 1), dt.date(2026, 12, 31))


def every_day(first: int, last: int) -> list[dt.date]:
    start = dt.date(first, 1, 1)
    return [start + dt.timedelta(days=n) for n in range((dt.date(last, 12, 31) - start).days + 1)]


def test_each_day_of_ten_years_agrees_with_the_published_calendar() -> None:
    days = every_day(2017, 2026)
    assert [day for day in days if PUBLISHED.is_working_day(day) != chinese_calendar.is_workday(day)] == []
    assert len(days) == 3652


@given(DAYS, some.integers(0, 30))
def test_counting_forward_agrees_with_counting_the_oracles_days(day: dt.date, count: int) -> None:
    end = PUBLISHED.add_working_days(day, count)
    if end.year > 2026:
        return
    between = [day + dt.timedelta(days=n) for n in range(1, (end - day).days + 1)]
    assert sum(map(chinese_calendar.is_workday, between)) == count
    assert end == day or chinese_calendar.is_workday(end)
    assert PUBLISHED.count_working_days(day, end) == count


def test_a_weekend_day_that_is_worked_counts() -> None:
    # 2019-04-28 was a Sunday worked for Labour Day; 1 to 4 May were off.
    assert PUBLISHED.is_working_day(dt.date(2019, 4, 28))
    assert PUBLISHED.add_working_days(dt.date(2019, 4, 26), 4) == dt.date(2019, 5, 5)


@pytest.mark.parametrize("year", [2015, 2027, 2031])
def test_a_year_without_a_table_falls_back_to_statutory_days(year: int) -> None:
    statutory = holidays.country_holidays("CN", years=year)
    for day in every_day(year, year):
        assert PUBLISHED.is_working_day(day) == (day.weekday() < 5 and day not in statutory)
    assert not PUBLISHED.is_working_day(dt.date(year, 10, 1))
    assert not PUBLISHED.is_published(year)


def test_a_few_days_of_a_year_are_not_its_table() -> None:
    stray = Calendar({dt.date(2030, 12, 31): "off"})
    assert not stray.is_published(2030)
    assert not stray.is_working_day(dt.date(2030, 10, 1))


def test_a_count_over_an_unpublished_year_is_provisional() -> None:
    assert not PUBLISHED.is_provisional(dt.date(2026, 9, 30), dt.date(2026, 10, 20))
    assert PUBLISHED.is_provisional(dt.date(2026, 12, 31), dt.date(2027, 1, 15))


def test_backwards_and_beyond_is_refused() -> None:
    with pytest.raises(ValueError, match="forward"):
        PUBLISHED.add_working_days(dt.date(2019, 1, 1), -1)
    with pytest.raises(ValueError, match="no calendar for 2091"):
        PUBLISHED.add_working_days(dt.date(2090, 12, 29), 10)


@pytest.mark.django_db
def test_the_database_holds_the_calendar(scope_all: None) -> None:
    assert working.is_working_day(dt.date(2019, 4, 28))
    assert not working.is_working_day(dt.date(2019, 5, 2))
    assert working.add_working_days(dt.date(2019, 3, 31), 10) == dt.date(2019, 4, 15)

"""The working calendar: which days are worked in China, weekends, holidays and make-up days considered.

A year whose holiday table is published follows that table. Every other year falls back to the statutory days alone
(the Regulation on Public Holidays for National Annual Festivals and Memorial Days); what was counted over such a year
is provisional, and says so.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import holidays as statutory
from django.utils.translation import gettext as _

from backend.problems import FieldError
from backend.reference import selectors
from backend.reference.models import Holiday

DAY = dt.timedelta(days=1)
FIRST_DAY, LAST_DAY = dt.date(1990, 1, 1), dt.date(2090, 12, 31)
"""Between these the statutory days are known, the lunar ones among them."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Working days over the published days given, each with its kind, ``off`` or ``makeup_workday``."""

    published: Mapping[dt.date, str]

    def is_published(self, year: int) -> bool:
        """Whether the year has its own table, told by its National Day: a neighbour's may hold a few of its days."""
        return self.published.get(dt.date(year, 10, 1)) == Holiday.Kind.OFF

    def is_working_day(self, day: dt.date) -> bool:
        """Whether ``day`` is worked. Raises ValueError for a day beyond :data:`FIRST_DAY` and :data:`LAST_DAY`."""
        if kind := self.published.get(day):
            return kind == Holiday.Kind.MAKEUP
        if day.weekday() >= 5:
            return False
        return self.is_published(day.year) or day not in _statutory_days(day.year)

    def add_working_days(self, day: dt.date, count: int) -> dt.date:
        """The ``count``-th working day after ``day``, which itself is not counted; with 0, ``day`` as it is.

        Raises ValueError for a negative count and for a day beyond the calendar.
        """
        if count < 0:
            raise ValueError("working days are counted forward")
        while count:
            day += DAY
            count -= self.is_working_day(day)
        return day

    def count_working_days(self, after: dt.date, through: dt.date) -> int:
        """How many days are worked after ``after``, up to ``through`` included; 0 where ``through`` is not later.

        Raises ValueError for a day beyond the calendar.
        """
        days = range(1, (through - after).days + 1)
        return sum(self.is_working_day(after + dt.timedelta(days=one)) for one in days)

    def is_provisional(self, first: dt.date, last: dt.date) -> bool:
        """Whether a count over the days ``first`` to ``last`` met a year without a published table."""
        return not all(self.is_published(year) for year in range(first.year, last.year + 1))


@lru_cache(maxsize=200)
def _statutory_days(year: int) -> frozenset[dt.date]:
    if not FIRST_DAY.year <= year <= LAST_DAY.year:
        raise ValueError(f"no calendar for {year}: it runs from {FIRST_DAY.year} to {LAST_DAY.year}")
    return frozenset(statutory.country_holidays("CN", years=year))


def calendar_errors(field: str, day: dt.date) -> list[FieldError]:
    """That ``day`` lies where no due day could be counted any more; nothing where it is well within the calendar."""
    last_year = LAST_DAY.year - 2
    if FIRST_DAY <= day <= LAST_DAY.replace(year=last_year):
        return []
    message = _("The calendar runs from %(from)s to %(to)s.")
    return [FieldError(field, "beyond_calendar", message % {"from": FIRST_DAY.year, "to": last_year})]


def calendar() -> Calendar:
    """The calendar over the holidays that the database holds."""
    return Calendar(selectors.holidays())


def is_working_day(day: dt.date) -> bool:
    """Whether ``day`` is worked, by the holidays that the database holds."""
    return calendar().is_working_day(day)


def add_working_days(day: dt.date, count: int) -> dt.date:
    """The ``count``-th working day after ``day``, by the holidays that the database holds."""
    return calendar().add_working_days(day, count)

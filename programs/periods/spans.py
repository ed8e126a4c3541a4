"""The calendar's own spans: months, quarters, half years and years, with their codes."""

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from programs.periods.models import Period

MONTHS = {
    Period.Frequency.MONTH: 1,
    Period.Frequency.QUARTER: 3,
    Period.Frequency.HALF_YEAR: 6,
    Period.Frequency.YEAR: 12,
}
_CODES = (
    (Period.Frequency.MONTH, re.compile(r"\d{4}-(0[1-9]|1[0-2])")),
    (Period.Frequency.QUARTER, re.compile(r"\d{4}-Q[1-4]")),
    (Period.Frequency.HALF_YEAR, re.compile(r"\d{4}-H[12]")),
    (Period.Frequency.YEAR, re.compile(r"\d{4}")),
)


@dataclass(frozen=True, slots=True)
class Span:
    """One span and its code: ``2019-03``, ``2019-Q1``, ``2019-H1`` or ``2019``."""

    code: str
    starts_on: dt.date
    ends_on: dt.date


def spans(frequency: str, first: dt.date, last: dt.date) -> Iterator[Span]:
    """The spans of one frequency that have at least a day between ``first`` and ``last``, in order."""
    length = MONTHS[Period.Frequency(frequency)]
    year, month = first.year, first.month - (first.month - 1) % length
    while (starts_on := dt.date(year, month, 1)) <= last:
        end = month + length - 1
        yield Span(
            code=_code(frequency, year, month),
            starts_on=starts_on,
            ends_on=dt.date(year, end, calendar.monthrange(year, end)[1]),
        )
        year, month = (year, month + length) if end < 12 else (year + 1, 1)


def _code(frequency: str, year: int, month: int) -> str:
    match frequency:
        case Period.Frequency.MONTH:
            return f"{year:04d}-{month:02d}"
        case Period.Frequency.QUARTER:
            return f"{year:04d}-Q{(month + 2) // 3}"
        case Period.Frequency.HALF_YEAR:
            return f"{year:04d}-H{(month + 5) // 6}"
    return f"{year:04d}"


def frequency_of(code: str) -> str:
    """The frequency that a code tells, ``free`` for one of another shape."""
    return next((found for found, shape in _CODES if shape.fullmatch(code)), Period.Frequency.FREE)

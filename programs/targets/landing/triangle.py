"""The run-off triangle: heads by the month from which they count and the month in which they were posted. Pure
arithmetic.

Months are numbered, the year times twelve plus the months gone of it. A row is a month of effective days, a column a
month of postings; the *age* of a row in a column is how many months lie between them. What the books were opened with,
and what a changed rule brought at once, is history and no reporting: a column in which most heads count from days more
than ``LONG_AGO`` months before it is *loading*, and no development is measured into it.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

Cell = tuple[int, int, int]
"""Month of effective day, month of posting, net heads."""

LONG_AGO = 6


def month_of(day: dt.date) -> int:
    """The number of a day's month."""
    return day.year * 12 + day.month - 1


def first_of(month: int) -> dt.date:
    """A month's first day."""
    return dt.date(month // 12, month % 12 + 1, 1)


def last_of(month: int) -> dt.date:
    """A month's last day."""
    return first_of(month + 1) - dt.timedelta(1)


@dataclass(frozen=True, slots=True)
class Triangle:
    """Heads in the books by the end of each whole month of postings.

    ``cumulative`` has a row for each month from ``first`` on, a column for each whole month of postings from ``opened``
    on; ``regular`` says of each column whether development is measured into it.
    """

    first: int
    opened: int
    cumulative: Floats
    regular: NDArray[np.bool_]

    @property
    def closed(self) -> int:
        """The last whole month of postings; the one before ``opened`` where there is none."""
        return self.opened + self.cumulative.shape[1] - 1

    @property
    def observed(self) -> int:
        """How many months of regular reporting have been watched from one end to the other."""
        return int(self.regular.sum())

    def at_close(self) -> Floats:
        """By row, heads in the books at the end of the last whole month."""
        if not self.cumulative.shape[1]:
            return np.zeros(len(self.cumulative))
        return self.cumulative[:, -1]


def triangle(cells: Iterable[Cell], *, first: int, last: int, known_in: int) -> Triangle:
    """The triangle of months ``first`` to ``last``, from columns that ended before the month ``known_in``.

    Args:
        cells: net heads; those of other months are left out, but have their say in which columns are loading.
        first: the first month of effective days.
        last: the last one.
        known_in: the month in which the books are read; it is not over yet.
    """
    found = [cell for cell in cells if cell[2]]
    opened = min((posted for _, posted, _ in found), default=known_in)
    columns = max(known_in - opened, 0)
    heads = np.zeros((max(last - first + 1, 0), columns))
    fresh, old = np.zeros(columns), np.zeros(columns)
    for month, posted, count in found:
        if posted >= known_in:
            continue
        if first <= month <= last:
            heads[month - first, posted - opened] += count
        (old if posted - month > LONG_AGO else fresh)[posted - opened] += max(count, 0)
    # The first column has nothing before it that it could have developed from.
    regular = (old <= fresh) & (np.arange(columns) > 0)
    return Triangle(first, opened, heads.cumsum(axis=1), regular)

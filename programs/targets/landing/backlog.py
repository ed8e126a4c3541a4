"""The review backlog: what awaits review, by the month in which it was completed, and what reviews have yielded.

A head is *in hand* once it is counted or awaits review; of those that wait, as many as reviews have yielded. Late
reporting is measured on what is in hand, so that nobody who waits is expected a second time as somebody who is still to
be reported. Pure arithmetic.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from programs.targets.landing.triangle import Floats, Triangle

DECIDED_NEEDED = 30
"""With fewer decisions in the year before, no yield is told and the backlog is left out."""

BELIEVED = 0.5
TABLES = ("waiting", "counted", "history", "decided")


@dataclass(frozen=True, slots=True)
class Backlog:
    """What was counted of the records at one moment, in the month ``taken_in``.

    ``waiting``: (month completed, records awaiting review that would count). ``counted``: (month completed, heads in
    the books then). ``history``: (month completed, month, records that awaited review at its end), of months before
    ``taken_in``. ``decided``: (month of decision, records decided, of these counted as a new head).
    """

    taken_in: int
    waiting: tuple[tuple[int, int], ...]
    counted: tuple[tuple[int, int], ...]
    history: tuple[tuple[int, int, int], ...]
    decided: tuple[tuple[int, int, int], ...]

    @classmethod
    def read(cls, kept: dict[str, Any]) -> "Backlog":
        """From ``as_json``."""
        tables = (tuple(tuple(row) for row in kept[name]) for name in TABLES)
        return cls(kept["taken_in"], *tables)

    def as_json(self) -> dict[str, Any]:
        """As it is stored with a landing."""
        return {"taken_in": self.taken_in} | {name: [list(row) for row in getattr(self, name)] for name in TABLES}

    @property
    def total(self) -> int:
        """How many records await review that would count."""
        return sum(count for _, count in self.waiting)


@dataclass(frozen=True, slots=True)
class Yield:
    """The share of decided records that became a new head, and how far it may be off for the records that wait."""

    share: float
    spread: float
    decided: int


def yielded(backlog: Backlog) -> Yield | None:
    """What reviews have yielded, ``None`` where too few were decided.

    The spread has the error of the mean and the scatter from month to month, which is more than chance: what is
    reviewed together is alike.
    """
    rows = np.array([(decided, counted) for _, decided, counted in backlog.decided], dtype=float).reshape(-1, 2)
    decided, counted = rows.T
    total = decided.sum()
    if total < DECIDED_NEEDED:
        return None
    share = (counted.sum() + BELIEVED) / (total + 2 * BELIEVED)
    months = int((decided > 0).sum())
    shares = np.divide(counted, decided, out=np.full_like(decided, share), where=decided > 0)
    scatter = float((decided / total) @ (shares - share) ** 2)
    chance = share * (1 - share) / total
    spread = np.sqrt(chance + scatter * (1 / months + 0.5))
    return Yield(round(float(share), 6), round(float(spread), 6), int(total))


def in_hand(triangle: Triangle, backlog: Backlog, share: float) -> Floats:
    """Heads in hand by row and column, in the triangle's shape: counted, and ``share`` of what awaited review.

    Of a column that ended after the backlog was counted it is not known what awaited review at its end: in hand is what
    was in hand when it was counted, or what the books have come to since where that is more.
    """
    found = triangle.cumulative.copy()
    rows, columns = found.shape
    for month, at_end_of, count in backlog.history:
        row, column = month - triangle.first, at_end_of - triangle.opened
        if 0 <= row < rows and 0 <= column < columns:
            found[row, column] += share * count
    since = max(backlog.taken_in - triangle.opened, 0)
    then = _by_row(triangle, backlog.counted) + share * _by_row(triangle, backlog.waiting)
    found[:, since:] = np.maximum(found[:, since:], then[:, None])
    return found


def still_waiting(triangle: Triangle, backlog: Backlog, heads: Floats) -> tuple[Floats, Floats]:
    """By row, records that awaited review, and heads that have come into the books since they were counted.

    Args:
        triangle: its rows.
        backlog: what was counted.
        heads: by row, heads in the books now.
    """
    return _by_row(triangle, backlog.waiting), np.maximum(heads - _by_row(triangle, backlog.counted), 0)


def _by_row(triangle: Triangle, counts: tuple[tuple[int, int], ...]) -> Floats:
    found = np.zeros(len(triangle.cumulative))
    for month, count in counts:
        if 0 <= month - triangle.first < len(found):
            found[month - triangle.first] += count
    return found

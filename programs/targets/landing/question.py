"""What is asked of a landing, and what is answered."""

import datetime as dt
import zlib
from dataclasses import dataclass

from programs.targets.figures import Landing, Span
from programs.targets.landing.backlog import Backlog, Yield
from programs.targets.landing.chain_ladder import Development
from programs.targets.landing.triangle import Cell

METHOD = "2"
"""Which way of reckoning; kept with every stored landing. The first looked at months of effective days alone."""


@dataclass(frozen=True, slots=True)
class Question:
    """Everything that a landing is answered from.

    ``cells`` are the triangle's as known at the moment, ``heads`` net heads by month of effective day and none after
    ``as_of``, ``known_on`` the bureau's day of the moment, ``backlog`` the last that had been counted by then.
    """

    goal: int
    span: Span
    as_of: dt.date
    known_on: dt.date
    cells: tuple[Cell, ...]
    heads: tuple[tuple[int, int], ...]
    backlog: Backlog | None = None

    @property
    def horizon(self) -> dt.date:
        """The last day of which anything is known, within the span or before it."""
        return min(self.as_of, self.known_on, self.span.ends_on)

    @property
    def seed(self) -> int:
        """From which the draws begin: the same question has the same answer every time."""
        return zlib.crc32(f"{METHOD} {self!r}".encode())


@dataclass(frozen=True, slots=True)
class Ahead:
    """Where the target stands at the end of one month of its span.

    ``counted`` are heads in the books by then, ``None`` for months that have not begun; ``low``, ``median`` and
    ``high`` have with them what is still to be reported, reviewed and completed.
    """

    ends_on: dt.date
    counted: int | None
    low: int
    median: int
    high: int


@dataclass(frozen=True, slots=True)
class Projection:
    """A landing with what it rests on.

    ``late`` are the heads expected from reports still to come for days that are past, ``reviewed`` those expected from
    what awaits review. ``pace`` and ``required_pace`` are heads in 30 days, both of completed months. ``observed`` says
    how many months of regular reporting have been watched.
    """

    landing: Landing
    late: int | None = None
    reviewed: int | None = None
    pace: float | None = None
    required_pace: float | None = None
    fan: tuple[Ahead, ...] = ()
    development: Development | None = None
    yielding: Yield | None = None
    observed: int = 0

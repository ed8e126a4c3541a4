"""What a briefing says, as data: from this one description both the Word file and the PDF are made."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text; ``link`` is the whole address that opens in the system what it says, or nothing."""

    text: str
    link: str = ""


Text = tuple[Span, ...]
Value = str | Span | Text


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading with its number in front; ``level`` 1 to 3."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the body."""

    text: Text


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, its share of the width, and whether numbers stand in it."""

    heading: str
    share: float = 1.0
    number: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """A table under its caption; with ``total`` the last row adds up the others."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Text, ...], ...]
    total: bool = False


@dataclass(frozen=True, slots=True)
class Fan:
    """Where a target lands on ``day``, with 80 % between ``low`` and ``high``."""

    day: dt.date
    low: int
    median: int
    high: int


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a chart: its name, and where it stands by the end of a day."""

    name: str
    points: tuple[tuple[dt.date, float], ...]


@dataclass(frozen=True, slots=True)
class CourseChart:
    """Heads by the end of each month beside the plan's line, from the first day to the last, and where they land.

    ``alternative`` says in words what is seen.
    """

    caption: str
    alternative: str
    first: dt.date
    last: dt.date
    achieved: Line
    plan: Line
    still_here: Line | None = None
    fan: Fan | None = None
    fan_name: str = ""


@dataclass(frozen=True, slots=True)
class BarChart:
    """Parts of a figure as bars, in the order of the table beside it."""

    caption: str
    alternative: str
    bars: tuple[tuple[str, int], ...]


Chart = CourseChart | BarChart
Block = Heading | Paragraph | Table | CourseChart | BarChart


@dataclass(frozen=True, slots=True)
class Document:
    """A whole briefing in one language: its title in parts between which a line may end, who signs it, and the day that
    stands under it, in words and as a date."""

    language: str
    title: tuple[str, ...]
    signed: str
    dated: str
    day: dt.date
    blocks: tuple[Block, ...] = field(default=())

    @property
    def name(self) -> str:
        """The title in one line."""
        return (" " if self.language == "en" else "").join(self.title)

    @property
    def charts(self) -> list[Chart]:
        """The charts, in order."""
        return [block for block in self.blocks if isinstance(block, CourseChart | BarChart)]


_PLACE = re.compile(r"%(?:\((\w+)\)s|(%))")


def filled(sentence: str, **values: Value) -> Text:
    """A translated sentence whose ``%(name)s`` are replaced, each keeping its link.

    Raises:
        KeyError: the sentence names something that is not given.
    """
    found: list[Span] = []
    place = 0
    for one in _PLACE.finditer(sentence):
        found += [Span(sentence[place : one.start()])] if one.start() > place else []
        found += [Span("%")] if one[2] else as_text(values[one[1]])
        place = one.end()
    found += [Span(sentence[place:])] if place < len(sentence) else []
    return tuple(found)


def as_text(value: Value) -> Text:
    """A value as a text."""
    if isinstance(value, str):
        return (Span(value),)
    return (value,) if isinstance(value, Span) else value


def plain(text: Sequence[Span]) -> str:
    """A text without its links."""
    return "".join(span.text for span in text)

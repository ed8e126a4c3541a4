"""The sheet that every reader ends in: the template's columns as raw text, with the spreadsheet's own row numbers."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from backend.vault.masking import scrub
from programs.intake.columns import LAYOUT
from programs.intake.layout import Layout
from programs.intake.readers.limits import Limits, Refused

TEXT, NUMBER, DATE, TRUTH = 1, 2, 3, 4
"""What a workbook's cell was: ``<code>__k``. A date's text is ISO yyyy-mm-dd, a number's plain decimal digits."""

HEADER_ROWS = 50
LEAST_HEADERS = 2
LEADING_COLUMNS = 8
"""Columns from the left that are read even if the template does not know them: a total's label often stands there."""
LONGEST_HEADER = 200
LONGEST_CELL = 131_072
"""Characters; a spreadsheet's cell holds a quarter of that, and Python's reader of CSV no more than that."""
MOST_UNKNOWN = 100

_TOTAL = re.compile(
    r"^\s*(?:本页|本表|以上)?\s*[合总總小]\s*[计計]\s*(?:$|[:：(（\d].*|人数.*)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a reader found.

    Attributes:
        frame: one line per data row, in the sheet's order: ``row`` (UInt32, as a spreadsheet numbers it), for every
            column of the template that is there ``<code>`` (String as written, null where empty) and, from workbooks
            and JSON only, ``<code>__k`` (UInt8, one of TEXT, NUMBER, DATE, TRUTH, null where empty).
            Without lines when the file is refused.
        meta: ``kind`` csv, xlsx, xls or json, ``encoding``, ``delimiter``, ``sheet``, ``header_row``, ``headers``
            (code to header as written), ``unknown`` (headers that the template does not know), ``date1904``, and
            ``fatal`` (a list of ``{"rule", "params"}``, empty unless refused).
    """

    frame: pl.DataFrame
    meta: dict[str, Any]

    @property
    def fatal(self) -> list[dict[str, Any]]:
        """The fatal findings; params as in ``programs.intake.readers.refusals``."""
        found: list[dict[str, Any]] = self.meta["fatal"]
        return found


def meta_of(kind: str | None, **given: Any) -> dict[str, Any]:
    """A sheet's meta with every key present."""
    return {
        "kind": kind,
        "encoding": None,
        "delimiter": None,
        "sheet": None,
        "header_row": None,
        "headers": {},
        "unknown": [],
        "date1904": False,
        "fatal": [],
    } | given


def refused(refusal: Refused, meta: dict[str, Any] | None = None) -> Sheet:
    """The sheet of a file that is refused whole, with what is known of it."""
    fatal = [{"rule": refusal.rule, "params": refusal.params}]
    return Sheet(pl.DataFrame(schema={"row": pl.UInt32}), (meta or meta_of(None)) | {"fatal": fatal})


@dataclass(slots=True)
class Header:
    """Where the header stands and what it names.

    Attributes:
        row: the header's row number from 1, 0 if no row of the first fifty names two columns of the template.
        last: the last row of the header; below ``row`` where names go over two rows or repeat in another language.
        width: cells in the header.
        places: code to the column's position from 0.
        texts: code to the header as written.
        unknown: headers that the template does not know, identity numbers masked.
        doubled: codes that are named twice.
        layout: the template's columns.
        needed: codes of the columns without which the sheet is refused; the template's, unless others are named.
    """

    row: int = 0
    last: int = 0
    width: int = 0
    places: dict[str, int] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    layout: Layout = LAYOUT
    needed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.needed = self.needed or self.layout.needed

    @property
    def missing(self) -> list[str]:
        """Codes of the needed columns that are not there, in the template's order."""
        return [code for code in self.needed if code not in self.places]

    def check(self, limits: Limits) -> None:
        """Raises F02 if a column that the limits say is needed is missing, or a column is named twice."""
        self.needed = tuple(limits.needed) or self.layout.needed
        if self.missing or self.doubled:
            raise Refused("F02", missing=self.missing, doubled=self.doubled)

    def wanted(self) -> list[int]:
        """Positions of the columns worth reading, from the left."""
        return sorted({*range(min(self.width, LEADING_COLUMNS)), *self.places.values()})

    def meta(self) -> dict[str, Any]:
        """The header's share of the sheet's meta."""
        return {"header_row": self.row or None, "headers": self.texts, "unknown": self.unknown}


def find_header(top: Iterable[Sequence[Any]], layout: Layout = LAYOUT) -> Header:
    """The header among the sheet's first rows: the row that names most columns of the template, the first of equals.

    Titles above are passed over. A row right above or below that names further columns where this one names none is
    part of the header (names over merged cells), and so is a row right below that repeats it in another language.

    Args:
        top: the first rows, at most ``HEADER_ROWS`` are looked at; cells that are no text name nothing.
        layout: the template's columns.
    """
    rows = [list(row) for row, _ in zip(top, range(HEADER_ROWS), strict=False)]
    named = [[_code(cell, layout) for cell in row] for row in rows]
    scores = [len({code for code in codes if code}) for codes in named]
    best = max(range(len(rows)), key=lambda place: (scores[place], -place), default=0)
    if not rows or scores[best] < LEAST_HEADERS:
        return Header(layout=layout)
    width = max(len(row) for row in rows[max(best - 1, 0) : best + 2])
    header = Header(row=best + 1, last=best + 1, width=width, layout=layout)
    doubled: set[str] = set()
    for position, code in enumerate(named[best]):
        if code in header.places:
            doubled.add(code)
        elif code:
            header.places[code], header.texts[code] = position, str(rows[best][position])
    below = best + 1
    if below < len(rows) and _continues(rows[below], named[below], named[best]):
        header.last = below + 1
        _add_split(header, rows[below], named[below])
    if best:
        _add_split(header, rows[best - 1], named[best - 1])
    header.doubled = sorted(doubled, key=layout.order.__getitem__)
    taken = set(header.places.values())
    unknown = dict.fromkeys(
        scrub(cell.strip()[:LONGEST_HEADER])
        for position, cell in enumerate(rows[best])
        if isinstance(cell, str) and cell.strip() and named[best][position] is None and position not in taken
    )
    header.unknown = list(unknown)[:MOST_UNKNOWN]
    return header


def _code(cell: Any, layout: Layout) -> str | None:
    return layout.header_code(cell) if isinstance(cell, str) and 0 < len(cell) <= LONGEST_HEADER else None


def _continues(cells: Sequence[Any], codes: Sequence[str | None], above: Sequence[str | None]) -> bool:
    """Whether a row holds nothing but names of columns, none of them at odds with the row above."""
    filled = [place for place, cell in enumerate(cells) if cell is not None and str(cell).strip()]
    if not filled:
        return False
    upper = {place: code for place, code in enumerate(above) if code}
    return all(codes[place] and upper.get(place, codes[place]) == codes[place] for place in filled)


def _add_split(header: Header, cells: Sequence[Any], codes: Sequence[str | None]) -> None:
    taken = set(header.places.values())
    for position, code in enumerate(codes):
        if code and code not in header.places and position not in taken:
            header.places[code], header.texts[code] = position, str(cells[position])


def name_of(position: int) -> str:
    """The name of a column by its position in a frame that ``finish`` takes."""
    return f"column_{position}"


def finish(frame: pl.DataFrame, header: Header, limits: Limits, meta: dict[str, Any]) -> Sheet:
    """The sheet of what a reader took as a whole; see ``finished``.

    Args:
        meta: what the reader knows about the file.
    """
    return Sheet(pl.concat(finished([frame], header, limits)), meta | header.meta())


def finished(frames: Iterable[pl.DataFrame], header: Header, limits: Limits) -> Iterator[pl.DataFrame]:
    """The sheet's rows, part by part, of what a reader took from below a header that has passed its check.

    Blank rows (nothing in any column of the template) and rows of totals are passed over; totals are known by 合计,
    总计 or 小计 in their first filled cell and by lacking a needed value.

    Args:
        frames: ``row`` and the columns ``header.wanted()`` by ``name_of`` their position, with ``…__k`` where known.
        header: the header.
        limits: F04 is raised beyond ``max_rows`` data rows.

    Raises:
        Refused: once all is seen, F04 for too many data rows, F03 for none, F01 with its row for a cell that is far too
            long.
    """
    total, endless = 0, None
    for frame in frames:
        part = _filled(frame, header)
        total += part.height
        if part.height and total <= limits.max_rows:
            endless = endless or _endless(part, header)
            yield part.select(_chosen(part, header))
    if total > limits.max_rows:
        raise Refused("F04", reason="rows", limit=limits.max_rows, found=total)
    if not total:
        raise Refused("F03")
    if endless is not None:
        raise Refused("F01", reason="cell", line=endless)


def _texts(frame: pl.DataFrame, header: Header) -> list[str]:
    return [name_of(position) for position in header.wanted() if name_of(position) in frame.columns]


def _filled(frame: pl.DataFrame, header: Header) -> pl.DataFrame:
    texts = _texts(frame, header)
    frame = frame.with_columns(pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in texts)
    known = [name_of(position) for position in header.places.values() if name_of(position) in frame.columns]
    needed = [name_of(header.places[code]) for code in header.needed]
    full = pl.all_horizontal(pl.col(name).str.contains(r"\S").fill_null(False) for name in needed)
    whole = frame.select(full=full).to_series()
    return frame if whole.all() else _without_blanks_and_totals(frame, whole, texts, known)


def _chosen(frame: pl.DataFrame, header: Header) -> list[pl.Expr]:
    chosen = [pl.col("row").cast(pl.UInt32)]
    for column in header.layout.columns:
        position = header.places.get(column.code)
        if position is None:
            continue
        text, kind = name_of(position), f"{name_of(position)}__k"
        present = text in frame.columns
        chosen.append((pl.col(text) if present else pl.lit(None, dtype=pl.String)).alias(column.code))
        if present and kind in frame.columns:
            chosen.append(pl.when(pl.col(text).is_not_null()).then(pl.col(kind)).alias(f"{column.code}__k"))
    return chosen


def _endless(frame: pl.DataFrame, header: Header) -> int | None:
    """The first row with a cell that is far too long."""
    texts = _texts(frame, header)
    longest = frame.select(pl.max_horizontal(pl.col(name).str.len_bytes().max() for name in texts)).item()
    if longest is None or longest <= LONGEST_CELL:
        return None
    endless = pl.any_horizontal(pl.col(name).str.len_chars() > LONGEST_CELL for name in texts)
    found = frame.filter(endless.fill_null(False))
    return int(found["row"][0]) if found.height else None


def _without_blanks_and_totals(
    frame: pl.DataFrame, whole: pl.Series, texts: list[str], known: list[str]
) -> pl.DataFrame:
    doubtful = frame.filter(~whole)
    filled = pl.any_horizontal(pl.col(name).str.contains(r"\S").fill_null(False) for name in known)
    first = pl.coalesce(pl.when(pl.col(name).str.contains(r"\S")).then(pl.col(name)) for name in texts)
    looked = doubtful.select("row", filled=filled, first=first).filter("filled")
    kept = looked.filter(~pl.col("first").map_elements(is_total, return_dtype=pl.Boolean)) if looked.height else looked
    return frame.filter(whole | frame["row"].is_in(kept["row"].implode()))


def is_total(text: str) -> bool:
    """Whether a row's first filled cell labels a total: 合计, 总计, 小计, also spaced or with a count behind."""
    return _TOTAL.match(text) is not None

"""The lines of a list that was handed in: a name, and a document by its number."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
import polars as pl
from django.conf import settings

from backend.reference.folding import fold
from backend.reference.tables import Tables
from backend.vault.masking import mask_number
from programs.intake import numbers, sandbox
from programs.intake.readers.limits import Limits
from programs.intake.readers.records import sheet_from_records
from programs.intake.readers.sheet import Sheet
from programs.intake.tidying import name_key, tidy, tidy_names

NEEDED = ("name", "id_number")
RESIDENT = "111"


@dataclass(frozen=True, slots=True)
class Line:
    """One line. ``key`` is what its number is indexed as, empty where ``problem`` says why it is none."""

    row: int
    name: str
    name_key: str
    id_type: str
    number: str
    key: str
    problem: str

    @property
    def masked(self) -> str:
        return mask_number(self.number)


def limits() -> Limits:
    """What a list may hold."""
    return Limits(max_bytes=settings.UPLOAD_BYTES, max_rows=settings.CHECK_LIST_ROWS, needed=NEEDED)


def read(data: bytes, kind: str, should_stop: Callable[[], bool] | None = None) -> Sheet:
    """The sheet of a list: a file, read in a child that can be killed, or a batch of records as JSON."""
    if kind == "json":
        return sheet_from_records(orjson.loads(data), limits())
    return sandbox.read(data, limits(), should_stop)


def lines(frame: pl.DataFrame, tables: Tables, today: dt.date) -> list[Line]:
    """The lines of a sheet; where no kind of document is given it is a resident's card."""
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, frame.height)
    text = {
        code: tidy(code, frame[code]) if code in frame.columns else nothing for code in ("name", "id_type", "id_number")
    }
    names, keys, _told = tidy_names(text["name"])
    known = tables.labels["id_type"]
    kinds = [known.get(fold(one)) if one else RESIDENT for one in text["id_type"].to_list()]
    cell = frame["id_number__k"] if "id_number__k" in frame.columns else None
    work = pl.DataFrame({"number": text["id_number"], **({"kind": cell} if cell is not None else {})})
    damaged = work.select(numbers.damaged(pl.col("number"), pl.col("kind") if cell is not None else None)).to_series()
    whole = text["id_number"].set(damaged, None)
    identity = numbers.read_identity(pl.Series(kinds, dtype=pl.String), whole, today)
    rows = zip(
        frame["row"].to_list(),
        names.fill_null("").to_list(),
        keys.fill_null("").to_list(),
        kinds,
        text["id_number"].fill_null("").to_list(),
        identity["key"].to_list(),
        damaged.to_list(),
        strict=True,
    )
    return [
        Line(row, name, folded, kind or "", number, key or "", _problem(name, kind, number, key, spoilt))
        for row, name, folded, kind, number, key, spoilt in rows
    ]


def _problem(name: str, kind: str | None, number: str, key: str | None, damaged: bool) -> str:
    if not name or not number:
        return "incomplete"
    if kind is None:
        return "unknown_document"
    if damaged:
        return "damaged_number"
    return "" if key else "wrong_number"


def same_name(one: str, *others: str) -> bool:
    """Whether a name's key is that of one of the others."""
    return any(one == name_key(other) for other in others)


def meta_of_refusal(sheet: Sheet) -> dict[str, Any] | None:
    """The finding by which the list is refused whole, if it is."""
    fatal = sheet.meta.get("fatal") or []
    return fatal[0] if fatal else None

"""A workbook's cells as text, each with what it was in the spreadsheet."""

import datetime
import math
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

import polars as pl

from programs.intake.readers.sheet import DATE, NUMBER, TEXT, TRUTH


def texts_and_kinds(name: str, cells: Sequence[Any]) -> Iterator[pl.Series]:
    """A column's texts by its name and their kinds by ``…__k``; all-text columns are not touched cell by cell.

    Args:
        name: the column's.
        cells: str, float, int, bool, date, datetime, time or timedelta, as the workbook reader gives them.
    """
    kinds = set(map(type, cells))
    if kinds == {str}:
        yield without_nul(pl.Series(name, cells, dtype=pl.String))
        yield pl.repeat(TEXT, len(cells), dtype=pl.UInt8, eager=True).alias(f"{name}__k")
        return
    told = [_TOLD.get(type(cell), _other)(cell) for cell in cells]
    texts, codes = zip(*told, strict=True)
    yield without_nul(pl.Series(name, texts, dtype=pl.String))
    yield pl.Series(f"{name}__k", codes, dtype=pl.UInt8)


def without_nul(texts: pl.Series) -> pl.Series:
    """A workbook can hold the one character that the database cannot (``_x0000_``); it shows nothing."""
    return texts.str.replace_all("\0", "", literal=True) if texts.str.contains("\0", literal=True).any() else texts


def plain_number(number: float) -> str:
    """A number as plain decimal digits: no exponent, no ``.0``; a float of 16 digits and more with all its digits.

    ``43466.0`` gives ``43466``, ``5.201021978011939e17`` gives ``520102197801193920``, ``1e-07`` gives ``0.0000001``.
    """
    if isinstance(number, int) or number.is_integer():
        return str(int(number))
    return format(Decimal(repr(number)), "f")


def _number(cell: float) -> tuple[str, int]:
    return (plain_number(cell), NUMBER) if math.isfinite(cell) else (str(cell), TEXT)


def _moment(cell: datetime.datetime) -> tuple[str, int]:
    return cell.date().isoformat(), DATE


def _other(cell: Any) -> tuple[str, int]:
    return str(cell), TEXT


_TOLD: dict[type, Callable[[Any], tuple[str, int]]] = {
    str: lambda cell: (cell, TEXT),
    float: _number,
    int: lambda cell: (str(cell), NUMBER),
    bool: lambda cell: ("TRUE" if cell else "FALSE", TRUTH),
    datetime.date: lambda cell: (cell.isoformat(), DATE),
    datetime.datetime: _moment,
}

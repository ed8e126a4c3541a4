"""The cube against the ledger: whether every cell is the sum of its entries, and none is missing."""

import polars as pl

from programs.targets.models import Grain
from programs.targets.wholesale import DAY_ZERO, day, text

SIDES = ("organisation", "programme", "path", "basis", "district", "segment")
_WHOLE = 0
_PLACE = ["target_id", "key", "at"]

_DIMENSIONS = ", ".join(f"'{name}'" for name in ("", *SIDES))
KEYS = {
    "organisation": "organisation_id",
    "programme": "programme_id",
    **{name: text(name) for name in ("path", "basis", "district", "segment")},
}
"""A dimension's value in the ledger as a number, by the dimension's name."""

CELLS = {
    "target_id": "target_id",
    "by_month": f"(grain = '{Grain.MONTH.value}')::int",
    "side": f"array_position(ARRAY[{_DIMENSIONS}], dimension::text) - 1",
    "key": "CASE WHEN dimension IN ('organisation', 'programme') THEN key::bigint WHEN dimension = '' THEN 0"
    f" ELSE {text('key')} END",
    "starts_on": day("starts_on"),
    "heads": "heads",
}


def astray(ledger: pl.DataFrame, cells: pl.DataFrame) -> int:
    """How many cells say something else than the ledger's entries come to, or are missing.

    Args:
        ledger: ``target_id``, ``effective_on``, ``delta`` and the ``KEYS`` of each entry.
        cells: the cube as ``CELLS``.
    """
    found = 0
    for place, side in enumerate(("", *SIDES)):
        key = pl.col(side) if side else pl.lit(_WHOLE, pl.Int64)
        entries = ledger.select("target_id", "delta", key=key, at="effective_on")
        by_day = entries.group_by(_PLACE).agg(pl.col("delta").sum())
        by_month = by_day.with_columns(at=_month("at")).group_by(_PLACE).agg(pl.col("delta").sum())
        own = cells.filter(pl.col("side") == place)
        for whole, expected in ((0, by_day), (1, by_month)):
            given = own.filter(pl.col("by_month") == whole)
            given = given.select("target_id", "key", "heads", at=_month("starts_on") if whole else pl.col("starts_on"))
            both = expected.join(given, on=_PLACE, how="full", coalesce=True)
            found += both.filter(pl.col("delta").fill_null(0) != pl.col("heads").fill_null(0)).height
    return found


def _month(column: str) -> pl.Expr:
    """The number of a day's month, from the number of the day."""
    date = (pl.col(column) + (DAY_ZERO - DAY_ZERO.replace(year=1970)).days).cast(pl.Int32).cast(pl.Date)
    return date.dt.year().cast(pl.Int64) * 12 + date.dt.month()

"""The run-off triangle against the ledger: whether every cell is the sum of its entries, and none is missing."""

import polars as pl

from backend.clock import BUREAU
from programs.targets.wholesale import DAY_ZERO, day

_PLACE = ["target_id", "effective_in", "posted_in"]

CELLS = {
    "target_id": "target_id",
    "effective_in": day("effective_in"),
    "posted_in": day("posted_in"),
    "heads": "heads",
}


def astray(ledger: pl.DataFrame, cells: pl.DataFrame) -> int:
    """How many cells say something else than the ledger's entries come to, or are missing.

    Args:
        ledger: ``target_id``, ``effective_on``, ``recorded_at`` and ``delta`` of each entry.
        cells: the triangle as ``CELLS``.
    """
    zero = (DAY_ZERO - DAY_ZERO.replace(year=1970)).days
    effective = (pl.col("effective_on") + zero).cast(pl.Int32).cast(pl.Date)
    posted = pl.from_epoch("recorded_at", time_unit="us").dt.replace_time_zone("UTC").dt.convert_time_zone(BUREAU.key)
    months = {"effective_in": effective, "posted_in": posted.dt.date()}
    expected = (
        ledger.select(
            "target_id",
            "delta",
            **{name: date.dt.month_start().cast(pl.Int32).cast(pl.Int64) - zero for name, date in months.items()},
        )
        .group_by(_PLACE)
        .agg(pl.col("delta").sum())
    )
    both = expected.join(cells, on=_PLACE, how="full", coalesce=True)
    return both.filter(pl.col("delta").fill_null(0) != pl.col("heads").fill_null(0)).height

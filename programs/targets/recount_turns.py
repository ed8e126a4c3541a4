"""The sums by reason and day of posting against the ledger: whether every cell is what its entries come to."""

import polars as pl

from backend.clock import BUREAU
from programs.targets.wholesale import DAY_ZERO, day
from talent.people.models import PersonChange

_PLACE = ["target_id", "posted_on", "reason", "delta", "effective_on"]
_REASONS = ", ".join(f"'{reason}'" for reason in PersonChange.Reason.values)

REASON = f"coalesce(array_position(ARRAY[{_REASONS}], reason::text), 0)"
"""The expression of a reason as a number."""

CELLS = {
    "target_id": "target_id",
    "posted_on": day("posted_on"),
    "reason": REASON,
    "delta": "delta",
    "effective_on": day("effective_on"),
    "entries": "entries",
}


def astray(ledger: pl.DataFrame, cells: pl.DataFrame) -> int:
    """How many cells say something else than the ledger's entries come to, or are missing.

    Args:
        ledger: ``target_id``, ``effective_on``, ``recorded_at``, ``reason`` and ``delta`` of each entry.
        cells: the sums as ``CELLS``.
    """
    zero = (DAY_ZERO - DAY_ZERO.replace(year=1970)).days
    posted = pl.from_epoch("recorded_at", time_unit="us").dt.replace_time_zone("UTC").dt.convert_time_zone(BUREAU.key)
    expected = (
        ledger.with_columns(posted_on=posted.dt.date().cast(pl.Int32).cast(pl.Int64) - zero)
        .group_by(_PLACE)
        .agg(expected=pl.len().cast(pl.Int64))
    )
    both = expected.join(cells, on=_PLACE, how="full", coalesce=True)
    return both.filter(pl.col("expected").fill_null(0) != pl.col("entries").fill_null(0)).height

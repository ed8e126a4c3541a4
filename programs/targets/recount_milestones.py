"""The cube's milestones against the ledger: whether each dimension of each comes to the entries posted by then."""

from collections.abc import Mapping

import polars as pl

from programs.targets.recount_cube import CELLS as OF_THE_CUBE
from programs.targets.recount_cube import SIDES

CELLS = {"milestone": "milestone_id", **{name: OF_THE_CUBE[name] for name in ("target_id", "side", "heads")}}


def astray(ledger: pl.DataFrame, cells: pl.DataFrame, milestones: Mapping[int, int]) -> int:
    """How many sums of a milestone, by target and dimension, say something else than its entries come to.

    Args:
        ledger: ``target_id``, ``recorded_at`` and ``delta`` of each entry.
        cells: the milestones' days as ``CELLS``.
        milestones: the moment of each, by its id.
    """
    if not milestones:
        return cells.height
    moments = pl.DataFrame(
        {"milestone": list(milestones), "recorded_at": list(milestones.values())},
        schema_overrides={"milestone": pl.Int64},
    ).sort("recorded_at")
    by_posting = ledger.group_by("target_id", "recorded_at").agg(pl.col("delta").sum()).sort("recorded_at")
    running = by_posting.with_columns(heads=pl.col("delta").cum_sum().over("target_id"))
    every = moments.join(running.select("target_id").unique(), how="cross").sort("recorded_at")
    expected = every.join_asof(
        running.drop("delta"), on="recorded_at", by="target_id", check_sortedness=False
    ).with_columns(pl.col("heads").fill_null(0))
    sides = pl.DataFrame({"side": range(len(SIDES) + 1)}, schema={"side": pl.Int64})
    expected = expected.drop("recorded_at").join(sides, how="cross")
    given = cells.group_by("milestone", "target_id", "side").agg(pl.col("heads").sum())
    both = expected.join(given, on=["milestone", "target_id", "side"], how="full", coalesce=True, suffix="_given")
    return both.filter(pl.col("heads").fill_null(0) != pl.col("heads_given").fill_null(0)).height

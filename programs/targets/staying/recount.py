"""Departures counted afresh: who is away by what was told and what stands, beside what the entries and their sums say.

Independent of the posting: it knows the words of ``docs/staying.md`` and nothing of the statement that posts by them.
"""

from collections.abc import Collection

import polars as pl

from programs.targets import recount_cube
from programs.targets.wholesale import day

_NEVER = 10_000_000
DEPARTURES = {
    "record_id": "record_id",
    "left_on": day("left_on"),
    "until": f"coalesce(returned_on - date '2000-01-01', {_NEVER})",
}
_WHOSE = ["target_id", "person_id"]
_HEAD = ["record_id", "organisation_id", "programme_id", "place", "basis"]
_KEY = [*_WHOSE, "effective_on", *_HEAD]
_ON = ["person_id", "at"]


def amiss(
    *,
    verified: pl.DataFrame,
    heads: pl.DataFrame,
    departures: pl.DataFrame,
    entries: pl.DataFrame,
    pending: Collection[int],
    horizon: int,
) -> int:
    """How many of the entries' sums, by head and day, are not what they should be; and entries out of order.

    Args:
        verified: the verified records under who their persons are now, with ``introduced``.
        heads: who counts, as the recount found.
        departures: as ``DEPARTURES``.
        entries: the entries of departures, in the columns of the ledger's.
        pending: persons who are still to be settled; theirs are let be.
        horizon: the moment to which the books are closed.
    """
    if not departures.height and not entries.height:
        return 0
    stood = entries.group_by(_KEY).agg(pl.col("delta").sum()).filter(pl.col("delta") != 0)
    both = _expected(verified, heads, departures).join(stood, on=_KEY, how="full", coalesce=True, suffix="_stood")
    differing = both.filter(pl.col("delta").ne_missing(pl.col("delta_stood")))
    waiting = pl.Series(pending, dtype=pl.Int64)
    return differing.filter(~pl.col("person_id").is_in(waiting.implode())).height + _out_of_order(entries, horizon)


def astray(entries: pl.DataFrame, cells: pl.DataFrame) -> int:
    """How many cells of the departures say something else than their entries come to, or are missing.

    Args:
        entries: ``target_id``, ``effective_on``, ``delta`` and each dimension's key.
        cells: as ``recount_cube.CELLS``.
    """
    return recount_cube.astray(entries, cells)


def _expected(verified: pl.DataFrame, heads: pl.DataFrame, departures: pl.DataFrame) -> pl.DataFrame:
    """By head and day what departures and returns come to: −1 where somebody is gone from then on, +1 where no more."""
    begun = verified.filter(pl.col("completed_on") > -_NEVER)
    absences = departures.join(begun, on="record_id")
    concerned = absences.select("person_id").unique()
    stays = begun.join(concerned, on="person_id", how="semi").select(
        "person_id", "organisation_id", "introduced", since="completed_on"
    )
    counted = heads.join(concerned, on="person_id", how="semi").rename({"effective_on": "counts_from"})
    days = pl.concat(
        frame.select("person_id", at=name)
        for frame, name in (
            (absences, "left_on"),
            (absences.filter(pl.col("until") < _NEVER), "until"),
            (stays, "since"),
            (counted, "counts_from"),
        )
    ).unique()
    gone = _gone(days, stays, absences)
    course = (
        counted.join(days, on="person_id")
        .filter(pl.col("at") >= pl.col("counts_from"))
        .join(gone.with_columns(gone=pl.lit(True)), on=_ON, how="left")
        .with_columns(pl.col("gone").fill_null(False))
        .sort(*_WHOSE, "at")
    )
    same = pl.all_horizontal(pl.col(name) == pl.col(name).shift() for name in _WHOSE)
    before = (pl.col("gone").shift() & same).fill_null(False)
    turns = course.filter(pl.col("gone") != before)
    return turns.select(
        *_WHOSE, pl.col("at").alias("effective_on"), *_HEAD, delta=pl.when("gone").then(-1).otherwise(1).cast(pl.Int64)
    )


def _gone(days: pl.DataFrame, stays: pl.DataFrame, absences: pl.DataFrame) -> pl.DataFrame:
    """Of some persons' days those on which they are gone, though they were there: nothing holds them any more."""
    away = days.join(absences, on="person_id").filter(pl.col("at").is_between("left_on", "until", closed="left"))
    latest = away.group_by(_ON).agg(latest=pl.col("left_on").max())
    come = latest.join(stays, on="person_id").filter(pl.col("since") <= pl.col("at"))
    trained_since = come.filter((pl.col("introduced") == 0) & (pl.col("since") > pl.col("latest"))).select(_ON)
    place = [*_ON, "organisation_id"]
    left_from = away.filter(pl.col("introduced") == 1).group_by(place).agg(last_left=pl.col("left_on").max())
    introduced = come.filter(pl.col("introduced") == 1).join(left_from, on=place, how="left")
    not_left = introduced.filter((pl.col("last_left") < pl.col("since")).fill_null(True)).select(_ON)
    return latest.select(_ON).join(pl.concat([trained_since, not_left]), on=_ON, how="anti")


def _out_of_order(entries: pl.DataFrame, horizon: int) -> int:
    ordered = entries.sort(*_WHOSE, "number")
    place = pl.int_range(1, pl.len() + 1).over(_WHOSE)
    earlier = pl.col("recorded_at") < pl.col("recorded_at").shift().over(_WHOSE)
    wrong = (pl.col("number") != place) | earlier.fill_null(False) | (pl.col("recorded_at") > horizon)
    return ordered.filter(wrong).height

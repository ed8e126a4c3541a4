"""Departures counted afresh: who is away by what was told and what stands, beside what the entries and their sums say.

Independent of the posting: each person of whom a departure is known is looked at by themselves, day by day, by the
words of ``docs/staying.md``.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

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
Key = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Stay:
    """Where a verified record brought somebody, and when."""

    organisation: int
    introduced: bool
    since: int


@dataclass(frozen=True, slots=True)
class _Absence:
    """That somebody was not there from a day until the day before another."""

    organisation: int
    introduced: bool
    left: int
    until: int

    def on(self, at: int) -> bool:
        return self.left <= at < self.until


def amiss(
    *,
    verified: pl.DataFrame,
    heads: pl.DataFrame,
    departures: pl.DataFrame,
    entries: pl.DataFrame,
    pending: Iterable[int],
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
    waiting = set(pending)
    stood = _sums(entries)
    wanted = dict(_expected(verified, heads, departures))
    differing = [key for key in stood.keys() | wanted.keys() if stood.get(key, 0) != wanted.get(key, 0)]
    return sum(key[1] not in waiting for key in differing) + _out_of_order(entries, horizon)


def astray(entries: pl.DataFrame, cells: pl.DataFrame) -> int:
    """How many cells of the departures say something else than their entries come to, or are missing.

    Args:
        entries: ``target_id``, ``effective_on``, ``delta`` and each dimension's key.
        cells: as ``recount_cube.CELLS``.
    """
    return recount_cube.astray(entries, cells)


def _sums(entries: pl.DataFrame) -> dict[Key, int]:
    by_key = entries.group_by(*_WHOSE, "effective_on", *_HEAD).agg(pl.col("delta").sum()).filter(pl.col("delta") != 0)
    return {tuple(key): delta for *key, delta in by_key.iter_rows()}


def _expected(verified: pl.DataFrame, heads: pl.DataFrame, departures: pl.DataFrame) -> Iterator[tuple[Key, int]]:
    told = departures.join(verified.filter(pl.col("completed_on") > -_NEVER), on="record_id")
    absences: dict[int, list[_Absence]] = defaultdict(list)
    for person, *absence in told.select(
        "person_id", "organisation_id", pl.col("introduced").cast(pl.Boolean), "left_on", "until"
    ).iter_rows():
        absences[person].append(_Absence(*absence))
    concerned = told.select("person_id").unique()
    stays: dict[int, list[_Stay]] = defaultdict(list)
    theirs = verified.filter(pl.col("completed_on") > -_NEVER).join(concerned, on="person_id", how="semi")
    for person, *stay in theirs.select(
        "person_id", "organisation_id", pl.col("introduced").cast(pl.Boolean), "completed_on"
    ).iter_rows():
        stays[person].append(_Stay(*stay))
    counted = heads.join(concerned, on="person_id", how="semi")
    for target, person, counts_from, *head in counted.select(*_WHOSE, "effective_on", *_HEAD).iter_rows():
        days = {one for absence in absences[person] for one in (absence.left, absence.until) if one < _NEVER}
        days |= {stay.since for stay in stays[person]} | {counts_from}
        gone = False
        for at in sorted(one for one in days if one >= counts_from):
            now = _gone(stays[person], absences[person], at)
            if now != gone:
                yield (target, person, at, *head), -1 if now else 1
            gone = now


def _gone(stays: list[_Stay], absences: list[_Absence], at: int) -> bool:
    away = [one for one in absences if one.on(at)]
    if not away:
        return False
    latest = max(one.left for one in away)
    for stay in stays:
        if stay.since > at:
            continue
        if not stay.introduced:
            if stay.since > latest:
                return False
        elif not any(
            one.introduced and one.organisation == stay.organisation and one.left >= stay.since for one in away
        ):
            return False
    return True


def _out_of_order(entries: pl.DataFrame, horizon: int) -> int:
    ordered = entries.sort(*_WHOSE, "number")
    place = pl.int_range(1, pl.len() + 1).over(_WHOSE)
    earlier = pl.col("recorded_at") < pl.col("recorded_at").shift().over(_WHOSE)
    wrong = (pl.col("number") != place) | earlier.fill_null(False) | (pl.col("recorded_at") > horizon)
    return ordered.filter(wrong).height

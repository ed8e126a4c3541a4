"""Counting afresh from the records, to compare with the ledger, with where everybody stands, and with the cube.

Independent of the settling, so that a slip in one shows in the other: the rows are taken out of the database as they
are, and counted here, column by column. All of it is of one moment, however busy the system is.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.db import connection

from programs.targets import books, recount_cube, recount_milestones, recount_run_off, recount_turns
from programs.targets.models import Basis, Target
from programs.targets.staying import recount as staying
from programs.targets.wholesale import DAY_ZERO, Wanted, date, day, moment, take, text

SHOWN = 20

_WHOSE = ["target_id", "person_id"]
# What of a head is compared, beside whose and towards which target; place is path, district and segment.
_HEAD = ["effective_on", "record_id", "organisation_id", "programme_id", "place", "basis"]

# Room for the ids of persons beside the target's in one number.
_KEYS_EACH = 1 << 44

_PLACE = text("path", "district", "segment")
_BASES = ", ".join(f"'{basis}'" for basis in (Basis.EDUCATION, Basis.TITLE, Basis.NONE))
_KIND = f"array_position(ARRAY[{_BASES}], {{}}::text)"
_NONE = 3
_EVIDENCE = "coalesce(array_position(ARRAY['claimed', 'evidenced', 'confirmed'], {}::text), 0)"

_VERIFIED = {
    "record_id": "id",
    "person_id": "person_id",
    "organisation_id": "organisation_id",
    "programme_id": "programme_id",
    "place": _PLACE,
    "introduced": "(path = 'introduced')::int",
    "completed_on": day("CASE WHEN outcome = 'completed' THEN completed_on END"),
    "reported_at": moment("reported_at"),
}
_CREDENTIALS = {
    "record_id": "record_id",
    "kind": _KIND.format("kind"),
    "code": text("code"),
    "held_from": day("held_from"),
    "evidence": _EVIDENCE.format("state"),
}
_RULES = {
    "tier_id": "tier_id",
    "kind": _KIND.format("kind"),
    "code": text("code"),
    "valid_from": day("valid_from"),
    "valid_to": day("coalesce(valid_to, date '9999-12-31')"),
    "needed": _EVIDENCE.format("evidence"),
}
_STANDING = {
    "target_id": "target_id",
    "person_id": "person_id",
    "number": "number",
    "effective_on": day("effective_on"),
    "record_id": "record_id",
    "organisation_id": "organisation_id",
    "programme_id": "programme_id",
    "place": _PLACE,
    "basis": _KIND.format("basis"),
}
_ENTRIES = {
    **_STANDING,
    "delta": "delta",
    "recorded_at": moment("recorded_at"),
    **{f"by_{side}": key for side, key in recount_cube.KEYS.items()},
}
_LEDGER = {**_ENTRIES, "reason": recount_turns.REASON}


@dataclass(frozen=True, slots=True)
class Difference:
    """A person whose count differs: from which day by the recount, the ledger, and their standing (``None``: not)."""

    person_id: int
    recounted: dt.date | None
    ledger: dt.date | None
    standing: dt.date | None


@dataclass(frozen=True, slots=True)
class Recounted:
    """One target: heads by the recount, the ledger and the standings, and how many persons differ.

    ``pending`` differ too, and are marked to be settled; ``shown`` are the first of the others.
    """

    target: str
    recounted: int
    ledger: int
    standing: int
    differing: int
    pending: int
    shown: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Recount:
    """Every target, how many entries of the ledger contradict those before them or its horizon or sums of departures
    what was told of them, and how many cells of the cubes, of the run-off triangle and of the sums by reason, and sums
    of milestones, are not the sum of their entries."""

    targets: tuple[Recounted, ...]
    amiss: int
    astray: int

    @property
    def agrees(self) -> bool:
        """Whether nothing differs, but for what is still to be settled."""
        return not self.amiss and not self.astray and not any(target.differing for target in self.targets)


def recount() -> Recount:
    """Count everybody afresh and compare; changes nothing."""
    with books.one_moment() as snapshot:
        targets = list(Target.objects.order_by("code"))
        tiers = {target.pk: _rows("SELECT id FROM tier WHERE code = ANY(%s)", target.counts) for target in targets}
        merged = dict(_rows("SELECT id, canonical_id FROM person WHERE canonical_id IS NOT NULL"))
        marked = {person for (person,) in _rows("SELECT DISTINCT person_id FROM person_change")}
        milestones = dict(_rows(f"SELECT id, ({moment('recorded_at')})::bigint FROM milestone"))
        [(horizon,)] = _rows(f"SELECT ({moment('posted_to')})::bigint FROM book WHERE id = 1")
        taken = take(
            snapshot,
            verified=Wanted(_VERIFIED, "record", "state = 'verified'"),
            credentials=Wanted(_CREDENTIALS, "credential", "held_from IS NOT NULL"),
            ledger=Wanted(_LEDGER, "ledger_entry"),
            standing=Wanted(_STANDING, "standing"),
            rules=Wanted(_RULES, "tier_credential"),
            cells=Wanted(recount_cube.CELLS, "cube_cell"),
            run_off=Wanted(recount_run_off.CELLS, "run_off_cell"),
            turns=Wanted(recount_turns.CELLS, "turn_cell"),
            written=Wanted(recount_milestones.CELLS, "milestone_cell", "grain = 'day'"),
            departures=Wanted(staying.DEPARTURES, "departure"),
            departed=Wanted(_ENTRIES, "departure_entry"),
            departed_cells=Wanted(recount_cube.CELLS, "departure_cell"),
        )
    verified, rules, standing = _as_they_are_now(taken["verified"], merged), taken["rules"], taken["standing"]
    ledger = taken["ledger"].sort(*_WHOSE, "number")
    counted = []
    for target in targets:
        its_rules = rules.filter(pl.col("tier_id").is_in([tier for (tier,) in tiers[target.pk]]))
        counted.append(_count(target, its_rules, verified, taken["credentials"]))
    recounted = pl.concat([pl.DataFrame(schema=dict.fromkeys([*_WHOSE, *_HEAD], pl.Int64)), *counted])
    last = pl.any_horizontal(pl.col(name) != pl.col(name).shift(-1) for name in _WHOSE).fill_null(True)
    booked = ledger.filter(last & (pl.col("delta") > 0))
    pending = _with_whom_they_are(marked, merged)
    differing = _compared(recounted, booked, standing, pending)
    told = tuple(_told(target, recounted, ledger, standing, differing) for target in targets)
    astray = recount_cube.astray(_keys(ledger), taken["cells"]) + recount_run_off.astray(ledger, taken["run_off"])
    astray += recount_turns.astray(ledger, taken["turns"])
    astray += recount_milestones.astray(ledger, taken["written"], milestones)
    astray += staying.astray(_keys(taken["departed"]), taken["departed_cells"])
    departed = staying.amiss(
        verified=verified,
        heads=recounted,
        departures=taken["departures"],
        entries=taken["departed"],
        pending=pending,
        horizon=horizon,
    )
    return Recount(told, _amiss(ledger, horizon) + departed, astray)


def _keys(entries: pl.DataFrame) -> pl.DataFrame:
    """Entries with the key of each dimension under its name."""
    sides = {f"by_{side}": side for side in recount_cube.SIDES}
    return entries.select(
        "target_id", "effective_on", "delta", *(pl.col(own).alias(name) for own, name in sides.items())
    )


def _rows(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchall()


def _as_they_are_now(records: pl.DataFrame, merged: dict[int, int]) -> pl.DataFrame:
    """The records under the persons whom theirs are found to be."""
    whole = {}
    for person in merged:
        whole[person] = person
        while whole[person] in merged:
            whole[person] = merged[whole[person]]
    return records.with_columns(pl.col("person_id").replace(whole)) if whole else records


def _with_whom_they_are(marked: set[int], merged: dict[int, int]) -> list[int]:
    """The marked persons and everybody on the way to who they are now."""
    found = set()
    for person in marked:
        found.add(person)
        while person in merged:
            person = merged[person]
            found.add(person)
    return sorted(found)


def _count(target: Target, rules: pl.DataFrame, verified: pl.DataFrame, credentials: pl.DataFrame) -> pl.DataFrame:
    """The heads of one target, by the contract's "Who counts"."""
    starts_on, ends_on = (target.starts_on - DAY_ZERO).days, (target.ends_on - DAY_ZERO).days
    completed = verified.filter(pl.col("completed_on").is_between(starts_on, ends_on))
    first = completed.sort("completed_on", "reported_at", "record_id").unique("person_id", keep="first")
    if target.needs_credential:
        holders = credentials.join(rules, on=["kind", "code"]).filter(pl.col("evidence") >= pl.col("needed"))
        held = holders.join(verified.select("record_id", "person_id"), on="record_id").join(
            first.select("person_id", "completed_on"), on="person_id"
        )
        reached = held.with_columns(
            effective_on=pl.max_horizontal("completed_on", "held_from", "valid_from"), basis=pl.col("kind")
        ).filter(pl.col("effective_on") <= pl.min_horizontal(pl.lit(ends_on), "valid_to"))
        # Of two kinds held from one day education goes first, which is the lesser of their numbers.
        earliest = reached.sort("effective_on", "held_from", "basis").unique("person_id", keep="first")
        first = first.join(earliest.select("person_id", "effective_on", "basis"), on="person_id")
    else:
        first = first.with_columns(effective_on=pl.col("completed_on"), basis=pl.lit(_NONE, pl.Int64))
    return first.with_columns(target_id=pl.lit(target.pk, pl.Int64)).select(*_WHOSE, *_HEAD)


def _compared(
    recounted: pl.DataFrame, booked: pl.DataFrame, standing: pl.DataFrame, pending: list[int]
) -> pl.DataFrame:
    """Whoever is not the same in all three."""
    keyed = [_keyed(recounted), _keyed(booked, "number"), _keyed(standing, "number")]
    keys = pl.concat(_not_alike(one, other) for one, other in ((keyed[0], keyed[1]), (keyed[1], keyed[2]))).unique()
    theirs = [frame.join(keys, on=_WHOSE, how="semi") for frame in (recounted, booked, standing)]
    both = theirs[0].join(theirs[1], on=_WHOSE, how="full", coalesce=True, suffix="_booked")
    three = both.join(theirs[2], on=_WHOSE, how="full", coalesce=True, suffix="_standing")
    return three.with_columns(pending=pl.col("person_id").is_in(pending))


def _keyed(heads: pl.DataFrame, *numbered: str) -> pl.DataFrame:
    """Whose each head is, as one number by which joining is quick, and all else of it as its hash."""
    return heads.select(
        *_WHOSE,
        *numbered,
        key=pl.col("target_id") * _KEYS_EACH + pl.col("person_id"),
        digest=pl.struct(_HEAD).hash(),
    )


def _not_alike(one: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    """Whose head is in one of two frames alone, or not the same in both."""
    both = one.join(other, on="key", how="full", suffix="_other")
    differs = pl.col("digest").ne_missing(pl.col("digest_other"))
    if "number_other" in both.columns and "number" in one.columns:
        differs |= pl.col("number").ne_missing(pl.col("number_other"))
    return both.filter(differs).select(pl.coalesce(name, f"{name}_other") for name in _WHOSE)


def _told(
    target: Target, recounted: pl.DataFrame, ledger: pl.DataFrame, standing: pl.DataFrame, differing: pl.DataFrame
) -> Recounted:
    its = pl.col("target_id") == target.pk
    found = differing.filter(its & ~pl.col("pending")).sort("person_id")
    days = found.select("person_id", "effective_on", "effective_on_booked", "effective_on_standing")
    return Recounted(
        target=target.code,
        recounted=recounted.filter(its).height,
        ledger=int(ledger.filter(its)["delta"].sum()),
        standing=standing.filter(its).height,
        differing=found.height,
        pending=differing.filter(its & pl.col("pending")).height,
        shown=tuple(Difference(person, *map(date, theirs)) for person, *theirs in days.head(SHOWN).iter_rows()),
    )


def _amiss(ledger: pl.DataFrame, horizon: int) -> int:
    """How many entries break the account's numbers or its order, take back what was not counted, or lie beyond.

    ``ledger`` is sorted by account and number.
    """
    same = pl.all_horizontal(pl.col(name) == pl.col(name).shift() for name in _WHOSE).fill_null(False)
    other = pl.any_horizontal(pl.col(name) != pl.col(name).shift() for name in _HEAD)
    broken = (
        (pl.col("number") != pl.when(same).then(pl.col("number").shift() + 1).otherwise(1))
        | (same & (pl.col("recorded_at") < pl.col("recorded_at").shift()))
        | ((pl.col("delta") < 0) & (~same | other))
        | (pl.col("recorded_at") > horizon)
    )
    return ledger.filter(broken).height

"""What the rows of ``positions/1`` mean: a position is known by its reference within the organisation."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from programs.intake.found import Test, by_reason
from programs.intake.templates.work import AMENDMENT, NEW, UNCHANGED, Crossed, Work, again
from programs.recruitment import positions, selectors
from programs.recruitment.models import Position
from programs.recruitment.positions_template import COLUMNS, LONGEST

TOLD = tuple(column.code for column in COLUMNS if column.code != "ref")
DAYS = frozenset({"opened_on", "open_until"})
SCHEMA: dict[str, Any] = {
    "ref": pl.String,
    "standing": pl.Int64,
    "closed": pl.Boolean,
    "arrived": pl.Int64,
    **{f"old__{name}": pl.Date if name in DAYS else pl.Int64 if name == "wanted" else pl.String for name in TOLD},
}


class PositionsWork(Work):
    """Positions: new, changed, or as they stand."""

    def tests(self) -> Sequence[Test]:
        opened, until = pl.col("opened_on__day"), pl.col("open_until__day")
        today = pl.lit(self.given.today)
        since = pl.coalesce(opened, today)
        return [
            by_reason("P01", "opened_on", pl.when(opened > today).then(pl.lit("future"))),
            by_reason("P01", "open_until", pl.when(until < since).then(pl.lit("order"))),
            *(
                Test("P05", name, pl.col(name).str.len_chars() > most, {"most": str(most)})
                for name, most in LONGEST.items()
            ),
        ]

    def cross(self, rows: pl.DataFrame, *, locking: bool) -> Crossed:
        known = rows.join(self._standing(rows["ref"].to_list(), locking), on="ref", how="left", maintain_order="left")
        # What a row leaves empty of the day of opening stays as it is; everything else a row says whole.
        known = known.with_columns(
            opened_on=pl.coalesce("opened_on", "old__opened_on"),
            **{name: pl.col(name).fill_null("") for name in ("segment", "district", "notes")},
        )
        same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"old__{name}")) for name in TOLD)
        known = known.with_columns(
            fate=pl.when(pl.col("standing").is_null())
            .then(pl.lit(NEW))
            .when(same)
            .then(pl.lit(UNCHANGED))
            .otherwise(pl.lit(AMENDMENT))
        )
        found = [
            self.run(again(known, "ref"), [Test("P02", "ref", pl.lit(True), {"first_row": pl.col("first_row")})]),
            self.run(
                known,
                [
                    Test("P03", "wanted", pl.col("wanted") < pl.col("arrived"), {"arrived": pl.col("arrived")}),
                    Test("P04", "ref", pl.col("closed")),
                ],
            ),
        ]
        return Crossed(known, pl.concat(found))

    def take(self, rows: pl.DataFrame) -> None:
        new = rows.filter(pl.col("fate") == NEW)
        told = [positions.Wanted(**{name: row[name] for name in ("ref", *TOLD)}) for row in new.iter_rows(named=True)]
        if told:
            positions.register(actor=self.given.actor, organisation=self.given.organisation, wanted=told)
        changed = rows.filter(pl.col("fate") == AMENDMENT)
        values = {row["standing"]: {name: row[name] for name in TOLD} for row in changed.iter_rows(named=True)}
        if values:
            positions.rewrite(actor=self.given.actor, values=values)

    def _standing(self, refs: list[str], locking: bool) -> pl.DataFrame:
        own = Position.objects.filter(organisation=self.given.organisation, ref__in=refs)
        if locking:
            list(own.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
        counted = selectors.positions(self.given.actor).filter(pk__in=own.values("pk"))
        arrived = {one.pk: one.arrived for one in counted}
        return pl.DataFrame(
            [
                (one.ref, one.pk, one.closed_on is not None, arrived.get(one.pk, 0), *(getattr(one, n) for n in TOLD))
                for one in own.order_by("pk")
            ],
            schema=SCHEMA,
            orient="row",
        )

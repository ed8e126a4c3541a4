"""What the rows of ``attendance/1`` mean: whom each is about, and whether it can be so."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import polars as pl
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from backend.reference.folding import fold
from backend.vault import services as vault
from programs.catalogue.models import Cohort
from programs.intake.found import Test, by_reason
from programs.intake.rules import ERROR
from programs.intake.templates.work import AMENDMENT, NEW, UNCHANGED, Crossed, Work, again
from programs.records.models import NOT_LIVE, Outcome, Record
from programs.training import attendance
from programs.training.models import Attendance
from talent.people.models import IdentityDocument

_BOOKS: dict[str, Any] = {
    "record_id": pl.Int64,
    "cohort_id": pl.Int64,
    "ref": pl.String,
    "whole_id": pl.Int64,
    "started_on": pl.Date,
    "outcome": pl.String,
    "old__sessions_held": pl.Int64,
    "old__sessions_attended": pl.Int64,
    "old__hours": pl.Decimal(16, 1),
    "old__until": pl.Date,
    "old__withdrawal_reason": pl.String,
    "edition": pl.Int64,
}


class AttendanceWork(Work):
    """Enrolments are found by their record, by the document's blind index, or by the partner's own reference."""

    @cached_property
    def cohorts(self) -> dict[str, Cohort]:
        """The organisation's cohorts, by folded code."""
        return {fold(one.code): one for one in Cohort.objects.filter(organisation=self.given.organisation)}

    def look(self, cells: pl.DataFrame) -> pl.DataFrame:
        found = [self.cohorts.get(fold(text or "")) for text in cells["cohort"]]
        return cells.with_columns(
            pl.Series("cohort_id", [one and one.pk for one in found], dtype=pl.Int64),
            pl.Series("last_day", [one and min(one.ends_on, self.given.today) for one in found], dtype=pl.Date),
        )

    def tests(self) -> Sequence[Test]:
        held, attended = pl.col("sessions_held__number"), pl.col("sessions_attended__number")
        shown = {"held": held.cast(pl.String), "attended": attended.cast(pl.String)}
        nothing = pl.all_horizontal(
            pl.col(name).is_null() for name in ("sessions_held", "sessions_attended", "hours", "withdrawal_reason")
        )
        pair = {"reason": "pair"}
        return [
            Test("A01", "cohort", pl.col("cohort").is_not_null() & pl.col("cohort_id").is_null()),
            Test("A02", "sessions_attended", attended > held, shown),
            Test("A02", "sessions_attended", _only("sessions_held", "sessions_attended"), pair),
            Test("A02", "sessions_held", _only("sessions_attended", "sessions_held"), pair),
            Test("A03", "sessions_held", nothing),
        ]

    def cross(self, rows: pl.DataFrame, *, locking: bool) -> Crossed:
        if locking:
            # Whoever notes for the same cohort waits, so that editions follow each other.
            ids = rows["cohort_id"].unique().sort().to_list()
            list(Cohort.objects.filter(pk__in=ids).order_by("pk").select_for_update().values_list("pk", flat=True))
        books = self._books(rows["cohort_id"].unique().to_list())
        known = self._whose(rows, books).join(
            books.drop("cohort_id", "ref", "whole_id"), on="record_id", how="left", maintain_order="left"
        )
        same = pl.all_horizontal(
            pl.col(name).eq_missing(pl.col(f"old__{name}")) for name in attendance.VALUES if name != "hours"
        ) & pl.col("hours").cast(pl.Decimal(16, 1)).eq_missing(pl.col("old__hours"))
        known = known.with_columns(
            fate=pl.when(pl.col("edition").is_null())
            .then(pl.lit(NEW))
            .when(same)
            .then(pl.lit(UNCHANGED))
            .otherwise(pl.lit(AMENDMENT)),
            standing=pl.when(pl.col("edition").is_not_null()).then("record_id"),
        )
        until, last = pl.col("until"), pl.col("last_day")
        outside = (until < pl.col("started_on")) | (until > last)
        days = {"first": pl.col("started_on").cast(pl.String), "last": last.cast(pl.String)}
        told = pl.col("withdrawal_reason").is_not_null() & (pl.col("outcome") != Outcome.WITHDRAWN)
        back = {"standing": pl.col("old__until").cast(pl.String), "until": until.cast(pl.String)}
        tests = [
            *(
                by_reason("A04", name, pl.when(pl.col("at") == name).then("why"), cohort=pl.col("cohort"))
                for name in _BY
            ),
            Test("A05", "until", outside, days),
            Test("A06", "withdrawal_reason", told),
            Test("A08", "until", until < pl.col("old__until"), back),
        ]
        found = self.run(known, tests)
        # A row that is refused is not remembered: it is nobody's first one.
        errors = [code for code, severity in self.given.severities.items() if severity == ERROR]
        refused = found.filter(pl.col("rule").is_in(errors))["row"].unique()
        twice = again(known.filter(~pl.col("row").is_in(refused.implode())), "record_id")
        first = {"first_row": pl.col("first_row").cast(pl.String)}
        return Crossed(known, pl.concat([found, self.run(twice, [Test("A07", "cohort", pl.lit(True), first)])]))

    def take(self, rows: pl.DataFrame) -> None:
        attendance.put(
            [
                {"record_id": row["record_id"], "organisation_id": self.given.organisation.pk}
                | {name: row[name] for name in attendance.VALUES}
                for row in rows.iter_rows(named=True)
            ],
            actor=self.given.actor,
            submission_id=self.given.submission.pk if self.given.submission else None,
        )

    def _books(self, cohort_ids: list[int]) -> pl.DataFrame:
        latest = Attendance.objects.filter(record=OuterRef("pk")).order_by("-edition")
        live: QuerySet = Record.objects.filter(organisation=self.given.organisation, cohort__in=cohort_ids)
        found = live.exclude(state__in=NOT_LIVE).annotate(
            whole=Coalesce("person__canonical_id", "person_id"),
            **{f"old__{name}": Subquery(latest.values(name)[:1]) for name in attendance.VALUES},
            edition=Subquery(latest.values("edition")[:1]),
        )
        values = found.values_list(
            *("pk", "cohort_id", "partner_ref", "whole", "started_on", "outcome"),
            *(f"old__{name}" for name in ("sessions_held", "sessions_attended", "hours", "until", "withdrawal_reason")),
            "edition",
        )
        books = pl.DataFrame(list(values), schema=_BOOKS, orient="row")
        return books.with_columns(
            pl.when(pl.col("old__withdrawal_reason") != "").then("old__withdrawal_reason"),
            pl.when(pl.col("ref") != "").then("ref"),
        )

    def _whose(self, rows: pl.DataFrame, books: pl.DataFrame) -> pl.DataFrame:
        """The rows with ``record_id``; where it is not told, ``at`` names the column that fails, and ``why``."""
        keyed = rows.with_columns(whole_id=self._wholes(rows["document_key"]))
        cohort = ("cohort_id",)
        ways = (
            ("record", books.with_columns(key=pl.col("record_id")), pl.col("record")),
            ("id_number", books.with_columns(key=pl.col("whole_id")), pl.col("whole_id")),
            ("partner_ref", books.with_columns(key=pl.col("ref")), pl.col("partner_ref")),
        )
        for name, known, key in ways:
            counted = (
                known.drop_nulls("key")
                .group_by(*cohort, "key")
                .agg(pl.col("record_id").min().alias(f"{name}__found"), pl.len().alias(f"{name}__many"))
            )
            keyed = keyed.with_columns(key=key).join(counted, on=(*cohort, "key"), how="left", maintain_order="left")
            keyed = keyed.drop("key")
        return (
            keyed.with_columns(
                record_id=pl.coalesce(pl.when(pl.col(f"{name}__many") == 1).then(f"{name}__found") for name in _BY)
            )
            .with_columns(at=_first_amiss("partner_ref", pl.lit), why=_first_amiss("nobody", _why))
            .drop(*(f"{name}__{what}" for name in _BY for what in ("found", "many")), "whole_id")
        )

    def _wholes(self, keys: pl.Series) -> pl.Series:
        """Who the documents' persons are now; only those whom the organisation has reported itself are seen."""
        wanted = keys.drop_nulls().unique().to_list()
        indexes = dict(zip(vault.Indexer().indexes([key.encode() for key in wanted]), wanted, strict=True))
        found = IdentityDocument.objects.filter(number_index__in=list(indexes)).values_list(
            "number_index", Coalesce("person__canonical_id", F("person_id"))
        )
        wholes = {indexes[bytes(index)]: whole for index, whole in found}
        return pl.Series([wholes.get(key) for key in keys], dtype=pl.Int64)


_BY = ("record", "id_number", "partner_ref")
"""By what an enrolment is found, the surest first."""


def _only(given: str, missing: str) -> pl.Expr:
    return pl.col(given).is_not_null() & pl.col(missing).is_null()


def _amiss(name: str) -> pl.Expr:
    """Whether a column that is filled in does not lead to the row's enrolment.

    A reference that several people have does no harm where something else says who it is.
    """
    many, found, meant = pl.col(f"{name}__many"), pl.col(f"{name}__found"), pl.col("record_id")
    several = (many > 1) & meant.is_null()
    return pl.col(name).is_not_null() & (many.is_null() | several | ((many == 1) & (found != meant)))


def _why(name: str) -> pl.Expr:
    many = pl.col(f"{name}__many")
    several = pl.when(many > 1).then(pl.lit("several")).otherwise(pl.lit("disagree"))
    return pl.when(many.is_null()).then(pl.lit("unknown")).otherwise(several)


def _first_amiss(nobody: str, said: Callable[[str], pl.Expr]) -> pl.Expr:
    """Of the first column that is amiss, what is said of it; ``nobody`` where none is filled in."""
    found: Any = pl.when(pl.all_horizontal(pl.col(name).is_null() for name in _BY)).then(pl.lit(nobody))
    for name in _BY:
        found = found.when(_amiss(name)).then(said(name))
    return found.otherwise(None)

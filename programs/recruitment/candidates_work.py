"""What the rows of ``candidates/1`` mean.

A row is about the candidate on the way who holds its document; else about the one of its reference; else, where exactly
the same was sent before, about that one. A file changes what is known of somebody and never where they stand.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from typing import Any

import polars as pl
from django.db.models import Q

from backend.accounts.models import Organisation, User
from backend.accounts.scope import everything
from backend.reference.folding import fold
from backend.vault import services as vault
from programs.catalogue.models import Path, Programme
from programs.intake.found import Test, by_reason
from programs.intake.resolving import AT_ONCE
from programs.intake.templates.work import AMENDMENT, NEW, UNCHANGED, Crossed, Work, again
from programs.recruitment import entering, known
from programs.recruitment.candidates_template import COLUMNS, LONGEST, MOVING
from programs.recruitment.models import Candidate, Position
from programs.recruitment.reading import Told
from programs.recruitment.stages import ENDED, Stage

CONTENT = tuple(column.code for column in COLUMNS if column.code not in MOVING)
DAYS = ("birth_date", "graduated_on", "title_awarded_on", "day")
MATCHED = {"at": pl.Int64, "standing": pl.Int64, "at_stage": pl.String, "digest": pl.Binary, "reported": pl.Boolean}


class CandidatesWork(Work):
    """Candidates: new, changed, or as they stand."""

    def look(self, cells: pl.DataFrame) -> pl.DataFrame:
        campaigns, wanted, people = self._campaigns, self._positions, self._people

        def found(column: str, names: Mapping[str, tuple[int, str]]) -> list[pl.Series]:
            hits = [names.get(fold(text)) if text else None for text in cells[column].to_list()]
            return [
                pl.Series(f"{column}_id", [hit[0] if hit else None for hit in hits], dtype=pl.Int64),
                pl.Series(f"{column}_state", [hit[1] or None if hit else None for hit in hits], dtype=pl.String),
            ]

        return cells.with_columns(*found("campaign", campaigns), *found("position", wanted), *found("owner", people))

    def tests(self) -> Sequence[Test]:
        today, born = pl.lit(self.given.today), pl.col("born_on")
        unknown = pl.lit("unknown")

        def misfit(column: str) -> pl.Expr:
            given = pl.col(column).is_not_null()
            return pl.when(given & pl.col(f"{column}_id").is_null()).then(unknown).otherwise(f"{column}_state")

        def day(column: str) -> pl.Expr:
            value = pl.col(f"{column}__day")
            late = pl.when(value > today).then(pl.lit("future"))
            return late if column == "birth_date" else late.when(value <= born).then(pl.lit("birth"))

        return [
            by_reason("C01", "campaign", misfit("campaign")),
            by_reason("C02", "position", misfit("position")),
            Test("C08", "owner", pl.col("owner").is_not_null() & pl.col("owner_id").is_null()),
            *(by_reason("C03", name, day(name)) for name in DAYS),
            *(
                Test("C09", name, pl.col(name).str.len_chars() > most, {"most": str(most)})
                for name, most in LONGEST.items()
            ),
        ]

    def cross(self, rows: pl.DataFrame, *, locking: bool) -> Crossed:
        indexer = vault.Indexer()
        numbers = rows["document_key"].to_list()
        indexes = indexer.indexes([one or "" for one in numbers])
        known_rows = rows.with_columns(
            pl.Series(
                "number_index", [i if n else None for i, n in zip(indexes, numbers, strict=True)], dtype=pl.Binary
            ),
            pl.Series("content", indexer.digests(self._content(rows)), dtype=pl.Binary),
        ).with_row_index("place")
        known_rows = self._matched(known_rows, locking)
        stands = pl.col("standing").is_not_null()
        known_rows = known_rows.with_columns(
            fate=pl.when(~stands)
            .then(pl.lit(NEW))
            .when(pl.col("digest") == pl.col("content"))
            .then(pl.lit(UNCHANGED))
            .otherwise(pl.lit(AMENDMENT))
        )
        twice = [again(known_rows, "document_key"), again(known_rows, "ref")]
        first = {"first_row": pl.col("first_row")}
        moved = stands & pl.col("stage").is_not_null() & (pl.col("stage") != pl.col("at_stage"))
        findings = [
            *(
                self.run(found, [Test("C04", column, pl.lit(True), first)])
                for found, column in zip(twice, ("id_number", "ref"), strict=True)
            ),
            self.run(
                known_rows,
                [
                    Test("C05", "ref", pl.col("of_another")),
                    Test("C06", "name", (pl.col("fate") == AMENDMENT) & pl.col("reported")),
                    Test("C07", "stage", moved),
                    Test("W04", "id_number", pl.col("elsewhere")),
                ],
            ),
        ]
        return Crossed(known_rows.drop("place"), pl.concat(findings))

    def take(self, rows: pl.DataFrame) -> None:
        actor, organisation = self.given.actor, self.given.organisation
        told = self._told(rows)
        new = [place for place, fate in enumerate(rows["fate"].to_list()) if fate == NEW]
        if new:
            entering.register(
                actor=actor,
                organisation=organisation,
                told=[told[place] for place in new],
                digests=[rows["content"][place] for place in new],
            )
        changed = [place for place, fate in enumerate(rows["fate"].to_list()) if fate == AMENDMENT]
        if changed:
            entering.rewrite(
                organisation=organisation,
                told={rows["standing"][place]: told[place] for place in changed},
                digests={rows["standing"][place]: rows["content"][place] for place in changed},
            )

    @cached_property
    def _campaigns(self) -> dict[str, tuple[int, str]]:
        own = Programme.objects.all()
        if not self._bureau:
            own = own.filter(organisations=self.given.organisation)
        with self._sight():
            return {
                fold(code): (pk, "" if path == Path.INTRODUCED else "path")
                for pk, code, path in own.values_list("pk", "code", "path")
            }

    @cached_property
    def _positions(self) -> dict[str, tuple[int, str]]:
        """The bureau names another organisation's position with its code: ``GZHITECH/P1``."""
        own = Position.objects.select_related("organisation")
        if not self._bureau:
            own = own.filter(organisation=self.given.organisation)
        with self._sight():
            return {
                fold(f"{one.organisation.code}/{one.ref}" if self._bureau else one.ref): (
                    one.pk,
                    "closed" if one.closed_on is not None or one.open_until < self.given.today else "",
                )
                for one in own
            }

    @cached_property
    def _people(self) -> dict[str, tuple[int, str]]:
        own = User.objects.filter(is_active=True, organisation=self.given.organisation)
        return {fold(name): (pk, "") for pk, name in own.values_list("pk", "username")}

    @property
    def _bureau(self) -> bool:
        return bool(self.given.organisation.kind == Organisation.Kind.BUREAU)

    def _sight(self) -> AbstractContextManager[None]:
        """The bureau sees every campaign and position, an organisation its own."""
        return everything() if self._bureau else nullcontext()

    def _content(self, rows: pl.DataFrame) -> list[bytes]:
        """All that each row says of somebody, as it is digested."""
        return [
            "\x1f".join("" if value is None else str(value) for value in row).encode()
            for row in rows.select(CONTENT).iter_rows()
        ]

    def _matched(self, rows: pl.DataFrame, locking: bool) -> pl.DataFrame:
        """The rows with ``standing``, whom each is about, where they stand, what was last sent of them; whether the
        reference is another's; and whether another organisation reports the document's holder."""
        numbers = [one for one in rows["number_index"].to_list() if one]
        refs = [one for one in rows["ref"].to_list() if one]
        loose = [c for c, n, r in rows.select("content", "number_index", "ref").iter_rows() if not n and not r]
        meant = Q(number_index__in=numbers) | Q(ref__in=refs) | Q(digest__in=loose)
        own = Candidate.objects.filter(meant, organisation=self.given.organisation).order_by("pk")
        held = list(own.select_for_update(of=("self",)) if locking else own)
        reported = entering.reported(one.pk for one in held)
        live = {bytes(one.number_index): one for one in held if one.number_index and one.stage not in ENDED}
        by_refs = {one.ref: one for one in held if one.ref}
        same = {bytes(one.digest): one for one in held if one.digest}
        found, others = [], []
        for place, number, ref, content in rows.select("place", "number_index", "ref", "content").iter_rows():
            by_number, by_ref = live.get(number or b""), by_refs.get(ref or "")
            one = by_number or by_ref or (same.get(content) if not number and not ref else None)
            other = by_ref is not None and one is not by_ref
            if by_number is None and by_ref is not None and number and by_ref.number_index:
                other = bytes(by_ref.number_index) != number
            others.append(other)
            if one is not None:
                digest = bytes(one.digest) if one.digest else None
                found.append((place, one.pk, one.stage, digest, one.pk in reported))
        matched = pl.DataFrame(found, schema=MATCHED, orient="row")
        joined = rows.join(
            matched, left_on=pl.col("place").cast(pl.Int64), right_on="at", how="left", maintain_order="left"
        )
        return joined.with_columns(
            pl.Series("of_another", others, dtype=pl.Boolean),
            pl.Series("elsewhere", self._elsewhere(rows), dtype=pl.Boolean),
        )

    def _elsewhere(self, rows: pl.DataFrame) -> list[bool]:
        found = [False] * rows.height
        asked = [
            (place, index, key)
            for place, index, key in rows.select("place", "number_index", "name__key").iter_rows()
            if index
        ]
        for start in range(0, len(asked), AT_ONCE):
            part = asked[start : start + AT_ONCE]
            for place in known.elsewhere(
                [one[1] for one in part], [one[2] or "" for one in part], self.given.organisation.pk
            ):
                found[part[place][0]] = True
        return found

    def _told(self, rows: pl.DataFrame) -> list[Told]:
        ids = {name: set(rows[f"{name}_id"].drop_nulls().to_list()) for name in ("campaign", "position", "owner")}
        with self._sight():
            campaigns = Programme.objects.in_bulk(ids["campaign"])
            wanted = Position.objects.select_related("organisation").in_bulk(ids["position"])
        people = User.objects.in_bulk(ids["owner"])
        plain = [name for name in CONTENT if name not in ids]
        told = []
        for row in rows.iter_rows(named=True):
            values: dict[str, Any] = {name: row[name] if name in DAYS else row[name] or "" for name in plain}
            told.append(
                Told(
                    **values,
                    campaign=campaigns.get(row["campaign_id"]),
                    position=wanted.get(row["position_id"]),
                    owner=people.get(row["owner_id"]),
                    stage=row["stage"] or Stage.SOURCED.value,
                    day=row["day"],
                )
            )
        return told

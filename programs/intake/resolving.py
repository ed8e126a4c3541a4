"""Telling which rows are about people, certificates and records that are known already.

Numbers are looked up by their blind indexes, and where the answer crosses organisations by the resolver's functions,
which return ids and flags alone.
"""

import polars as pl

from backend.vault import services as vault
from programs.intake.copying import ask

# Records in these states are not on the books: a row that reports them anew is a new report (contract, Columns).
DEAD_STATES = ("rejected", "revoked", "withdrawn")

AT_ONCE = 100_000
"""Rows that are asked about in one question."""

INDEXED = ("number_index", "education_index", "title_index", "digest")

KNOWN_SCHEMA = {
    "row": pl.UInt32,
    "person_id": pl.Int64,
    "name_state": pl.UInt8,
    "elsewhere": pl.Boolean,
    "education_cert_elsewhere": pl.Boolean,
    "title_cert_elsewhere": pl.Boolean,
    "digest": pl.Binary,
    "record_id": pl.Int64,
    "record_state": pl.String,
    "standing": pl.Binary,
}


def indexed(rows: pl.DataFrame) -> pl.DataFrame:
    """Good rows with the blind indexes of their numbers, and the digest of everything that they say.

    Args:
        rows: as ``check_cells`` returns them.
    """
    return rows.with_columns(
        number_index=_indexes(rows["document_key"]),
        education_index=_indexes("education|" + rows["education_cert_no"]),
        title_index=_indexes("title|" + rows["title_cert_no"]),
        digest=pl.Series(vault.digest_many(rows["content"].cast(pl.Binary).to_list()), dtype=pl.Binary),
    )


def _indexes(values: pl.Series) -> pl.Series:
    """The blind indexes of texts; null stays null."""
    given = values.is_not_null()
    indexes = pl.Series(vault.index_many(values.filter(given).cast(pl.Binary).to_list()), dtype=pl.Binary)
    if given.all():
        return indexes
    return indexes.gather((given.cum_sum().cast(pl.Int64) - 1).set(~given, None))


def known(rows: pl.DataFrame, organisation_id: int, *, locking: bool = False) -> pl.DataFrame:
    """What is known of good rows.

    Args:
        rows: as ``indexed`` returns them.
        organisation_id: whose they are.
        locking: keep officers from deciding on the records found until the transaction ends: for the commit.

    Returns:
        One line per row, in their order, in the shape of ``KNOWN_SCHEMA``; ``standing`` is the digest that a row sent
        again must have to be unchanged (of the pending amendment where there is one), null where no live record has
        the row's identity; ``record_id`` and ``record_state`` also name a rejected or revoked record.
    """
    if rows.is_empty():
        return pl.DataFrame(schema=KNOWN_SCHEMA)
    asked = rows.select(
        "row", "programme_id", "cohort_id", "name_key", *INDEXED, place=pl.int_range(1, pl.len() + 1, dtype=pl.UInt32)
    )
    found = asked.select("row", "programme_id", "cohort_id", "digest", "place").join(
        _people(asked, organisation_id), on="place", how="left", maintain_order="left"
    )
    numbered = asked.select("place", "education_index", "title_index", found["person_id"])
    for kind in ("education", "title"):
        places = _certificates(numbered, kind)
        found = found.with_columns(pl.col("place").is_in(places.implode()).alias(f"{kind}_cert_elsewhere"))
    found = found.join(
        _own_records(found["person_id"], organisation_id, locking),
        on=["person_id", "programme_id", "cohort_id"],
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )
    return found.with_columns(pl.col("name_state").fill_null(0), pl.col("elsewhere").fill_null(False)).select(
        pl.col(name).cast(dtype) for name, dtype in KNOWN_SCHEMA.items()
    )


def _people(asked: pl.DataFrame, organisation_id: int) -> pl.DataFrame:
    schema = {"at": pl.UInt32, "person_id": pl.Int64, "name_state": pl.UInt8, "elsewhere": pl.Boolean}
    parts = [pl.DataFrame(schema=schema | {"place": pl.UInt32})]
    # In the order of the index that they are looked up in, which takes a third of the time.
    for part in asked.select("place", "number_index", "name_key").sort("number_index").iter_slices(AT_ONCE):
        found = ask(
            "SELECT place, person_id, name_state, elsewhere FROM known_numbers(%b::bytea[], %b::text[], %b::bigint)",
            part["number_index"].to_list(),
            part["name_key"].to_list(),
            organisation_id,
        )
        parts.append(_placed(pl.DataFrame(found, schema=schema, orient="row"), part))
    return pl.concat(parts).drop("at")


def _certificates(rows: pl.DataFrame, kind: str) -> pl.Series:
    """The places of the rows whose certificate number stands on another person."""
    parts = [pl.Series("place", [], dtype=pl.UInt32)]
    for part in rows.drop_nulls(f"{kind}_index").sort(f"{kind}_index").iter_slices(AT_ONCE):
        found = ask(
            "SELECT place FROM certificates_elsewhere(%b::bytea[], %b::bigint[])",
            part[f"{kind}_index"].to_list(),
            part["person_id"].to_list(),
        )
        parts.append(_placed(pl.DataFrame(found, schema={"at": pl.UInt32}, orient="row"), part)["place"])
    return pl.concat(parts)


def _placed(found: pl.DataFrame, asked: pl.DataFrame) -> pl.DataFrame:
    """What was found with the places of the rows that were asked about; ``at`` is their place in the question."""
    return found.with_columns(place=asked["place"].gather(found["at"] - 1))


def _own_records(people: pl.Series, organisation_id: int, locking: bool) -> pl.DataFrame:
    known = people.drop_nulls().unique().sort()
    if len(known) and locking:
        # In the order in which decisions lock, and all at once; a statement of its own, so that the next one reads
        # what is so after waiting.
        ask(
            "SELECT count(*) FROM (SELECT FROM record WHERE organisation_id = %b AND person_id = ANY (%b::bigint[])"
            " ORDER BY id FOR NO KEY UPDATE) AS locked",
            organisation_id,
            known.to_list(),
        )
    schema = {
        "person_id": pl.Int64,
        "programme_id": pl.Int64,
        "cohort_id": pl.Int64,
        "record_id": pl.Int64,
        "record_state": pl.String,
        "standing": pl.Binary,
    }
    parts = [pl.DataFrame(schema=schema)]
    for start in range(0, len(known), AT_ONCE):
        found = ask(
            """
            SELECT record.person_id, record.programme_id, record.cohort_id, record.id, record.state,
                   CASE WHEN record.state <> ALL (%b::text[]) THEN coalesce(amendment.digest, record.digest) END
            FROM record
            LEFT JOIN amendment ON amendment.record_id = record.id AND amendment.state = 'pending'
            WHERE record.organisation_id = %b AND record.person_id = ANY (%b::bigint[])
            """,
            list(DEAD_STATES),
            organisation_id,
            known.slice(start, AT_ONCE).to_list(),
        )
        parts.append(pl.DataFrame(found, schema=schema, orient="row"))
    return pl.concat(parts)

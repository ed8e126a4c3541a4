"""Telling which rows are about people, certificates and records that are known already.

Numbers are looked up by their blind indexes, and where the answer crosses organisations by the resolver's functions,
which return ids and flags alone.
"""

import polars as pl

from backend.vault import services as vault
from programs.intake.cells import Checked
from programs.intake.copying import ask

# Rejected and revoked records are not on the books: a row that reports them anew is a new report (contract, Columns).
DEAD_STATES = ("rejected", "revoked")

KNOWN_SCHEMA = {
    "row": pl.UInt32,
    "number_index": pl.Binary,
    "education_index": pl.Binary,
    "title_index": pl.Binary,
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


def known(checked: Checked, organisation_id: int, *, locking: bool = False) -> pl.DataFrame:
    """What is known of each row that has no error.

    Args:
        checked: the rows.
        organisation_id: whose they are.
        locking: keep officers from deciding on the records found until the transaction ends: for the commit.

    Returns:
        One line per such row in the shape of ``KNOWN_SCHEMA``; ``standing`` is the digest that a row sent again must
        have to be unchanged (of the pending amendment where there is one), null where no live record has the row's
        identity; ``record_id`` and ``record_state`` also name a rejected or revoked record.
    """
    rows = checked.frame.filter(~pl.col("failed"))
    if rows.is_empty():
        return pl.DataFrame(schema=KNOWN_SCHEMA)
    frame = rows.select(
        "row",
        "programme_id",
        "cohort_id",
        number_index=_indexed(rows, "document_key"),
        education_index=_indexed(rows, "education_cert_no", "education|"),
        title_index=_indexed(rows, "title_cert_no", "title|"),
        digest=pl.Series(vault.digest_many(rows["content"].to_list()), dtype=pl.Binary),
        name_key="name_key",
    ).with_row_index("place", offset=1)
    frame = frame.join(_people(frame, organisation_id), on="place", how="left")
    for kind in ("education", "title"):
        frame = frame.join(_certificates(frame, kind), on="place", how="left")
    frame = frame.join(
        _own_records(frame, organisation_id, locking),
        on=["person_id", "programme_id", "cohort_id"],
        how="left",
        nulls_equal=True,
    )
    return frame.with_columns(
        pl.col("name_state").fill_null(0),
        pl.col("elsewhere", "education_cert_elsewhere", "title_cert_elsewhere").fill_null(False),
    ).select(pl.col(name).cast(dtype) for name, dtype in KNOWN_SCHEMA.items())


def _indexed(rows: pl.DataFrame, column: str, domain: str = "") -> pl.Series:
    """The blind indexes of a column's values; null stays null."""
    values = rows.select("row", value=pl.lit(domain) + pl.col(column).cast(pl.String)).drop_nulls("value")
    indexes = values.with_columns(index=pl.Series(vault.index_many(values["value"].to_list()), dtype=pl.Binary)).select(
        "row", "index"
    )
    return rows.select("row").join(indexes, on="row", how="left", maintain_order="left")["index"]


def _people(frame: pl.DataFrame, organisation_id: int) -> pl.DataFrame:
    found = ask(
        "SELECT place, person_id, name_state, elsewhere FROM known_numbers(%b::bytea[], %b::text[], %b::bigint)",
        frame["number_index"].to_list(),
        frame["name_key"].to_list(),
        organisation_id,
    )
    return pl.DataFrame(
        found,
        schema={"place": pl.UInt32, "person_id": pl.Int64, "name_state": pl.UInt8, "elsewhere": pl.Boolean},
        orient="row",
    )


def _certificates(frame: pl.DataFrame, kind: str) -> pl.DataFrame:
    asked = frame.select("place", "person_id", index=f"{kind}_index").drop_nulls("index")
    places: list[int] = []
    if not asked.is_empty():
        found = ask(
            "SELECT place FROM certificates_elsewhere(%b::bytea[], %b::bigint[])",
            asked["index"].to_list(),
            asked["person_id"].to_list(),
        )
        places = [place for (place,) in found]
    return (
        asked.with_row_index("asked", offset=1)
        .filter(pl.col("asked").is_in(places))
        .select("place", pl.lit(True).alias(f"{kind}_cert_elsewhere"))
    )


def _own_records(frame: pl.DataFrame, organisation_id: int, locking: bool) -> pl.DataFrame:
    people = frame["person_id"].drop_nulls().unique().to_list()
    if people and locking:
        # In the order in which decisions lock; a statement of its own, so that the next one reads what is so after
        # waiting.
        ask(
            "SELECT FROM record WHERE organisation_id = %b AND person_id = ANY (%b::bigint[])"
            " ORDER BY id FOR NO KEY UPDATE",
            organisation_id,
            people,
        )
    found = people and ask(
        """
        SELECT record.person_id, record.programme_id, record.cohort_id, record.id, record.state,
               CASE WHEN record.state = ANY (%b::text[]) THEN NULL ELSE coalesce(amendment.digest, record.digest) END
        FROM record
        LEFT JOIN amendment ON amendment.record_id = record.id AND amendment.state = 'pending'
        WHERE record.organisation_id = %b AND record.person_id = ANY (%b::bigint[])
        """,
        list(DEAD_STATES),
        organisation_id,
        people,
    )
    return pl.DataFrame(
        found,
        schema={
            "person_id": pl.Int64,
            "programme_id": pl.Int64,
            "cohort_id": pl.Int64,
            "record_id": pl.Int64,
            "record_state": pl.String,
            "standing": pl.Binary,
        },
        orient="row",
    )

"""Telling which rows are about people, certificates and records that are known already.

Numbers are looked up by their blind indexes, and where the answer crosses organisations by the resolver's functions,
which return ids and flags alone.
"""

import polars as pl

from backend.vault import services as vault
from programs.intake.asking import Array, ask

# Records in these states are not on the books: a row that reports them anew is a new report (contract, Columns).
DEAD_STATES = ("rejected", "revoked", "withdrawn")

NOBODY = 0
"""No person has this id."""

AT_ONCE = 100_000
"""Rows that are asked about in one question."""

RECORD_SCHEMA = {"record_id": pl.Int64, "record_state": pl.String, "standing": pl.Binary}
LOOKED_UP = (
    *("row", "person_id", "whole_id", "name_state", "elsewhere"),
    *("education_cert_elsewhere", "title_cert_elsewhere"),
)


def digests(rows: pl.DataFrame, indexer: vault.Indexer) -> pl.Series:
    """The digest of everything that each row says; rows as ``check_cells`` returns them."""
    return pl.Series(indexer.digests(rows["content"].cast(pl.Binary).to_list()), dtype=pl.Binary)


def indexes(rows: pl.DataFrame, indexer: vault.Indexer) -> list[pl.Series]:
    """The blind indexes of good rows' numbers: ``number_index``, ``education_index``, ``title_index``.

    Args:
        rows: as ``check_cells`` returns them.
        indexer: what makes them.
    """
    return [
        _indexes(rows["document_key"], indexer).alias("number_index"),
        _indexes("education|" + rows["education_cert_no"], indexer).alias("education_index"),
        _indexes("title|" + rows["title_cert_no"], indexer).alias("title_index"),
    ]


def _indexes(values: pl.Series, indexer: vault.Indexer) -> pl.Series:
    """The blind indexes of texts; null stays null."""
    given = values.is_not_null()
    indexes = pl.Series(indexer.indexes(values.filter(given).cast(pl.Binary).to_list()), dtype=pl.Binary)
    if given.all():
        return indexes
    return indexes.gather((given.cum_sum().cast(pl.Int64) - 1).set(~given, None))


def look_up(rows: pl.DataFrame, values: pl.DataFrame, organisation_id: int) -> pl.DataFrame:
    """Who good rows are about, and which of their numbers others have too.

    Args:
        rows: with ``row`` and ``name_key``.
        values: the same rows with what ``indexes`` made.
        organisation_id: whose they are.

    Returns:
        One line per row, in their order, with ``LOOKED_UP``: the person whom the books know by the number, or null, and
        ``whole_id``, who that person is now, under whichever document; ``name_state`` (0 the number is not on record, 1
        it is under this name, 2 under another); ``elsewhere`` (another organisation reported the person); whether each
        certificate's number stands on another person.
    """
    asked = rows.select("row", "name_key", place=pl.int_range(1, pl.len() + 1, dtype=pl.UInt32)).with_columns(
        values.select("number_index", "education_index", "title_index")
    )
    found = asked.join(_people(asked, organisation_id), on="place", how="left", maintain_order="left")
    elsewhere = {kind: _certificates(found, kind).implode() for kind in ("education", "title")}
    return found.with_columns(
        pl.col("name_state").fill_null(0),
        pl.col("elsewhere").fill_null(False),
        *(pl.col("place").is_in(places).alias(f"{kind}_cert_elsewhere") for kind, places in elsewhere.items()),
    ).select(LOOKED_UP)


def with_records(
    rows: pl.DataFrame, looked_up: pl.DataFrame, organisation_id: int, *, locking: bool = False
) -> pl.DataFrame:
    """What ``look_up`` found, with the record that each row is about.

    Args:
        rows: good rows, with their ``digest``.
        looked_up: what was found of them.
        organisation_id: whose they are.
        locking: keep officers from deciding on the records until the transaction ends: for the commit.

    Returns:
        ``looked_up`` with the row's ``digest``, with ``record_id`` and ``record_state``, and with ``standing``: the
        digest that a row sent again must have to be unchanged (of the pending amendment where there is one), null where
        no live record has the row's identity; the record named may be a rejected or revoked one.
    """
    records = _own_records(looked_up.select("person_id", "whole_id"), organisation_id, locking)
    if records.is_empty():
        none = (pl.lit(None, dtype=dtype).alias(name) for name, dtype in RECORD_SCHEMA.items())
        return looked_up.with_columns(rows["digest"], *none)
    asked = rows.select(
        "programme_id", "cohort_id", looked_up["person_id"], looked_up["whole_id"], place=pl.int_range(pl.len())
    )
    known = asked.join(records, on=("whole_id", "programme_id", "cohort_id"), how="left", nulls_equal=True)
    # Who is known by several documents may have been reported under each: what stands goes first, then what was
    # reported under the document of the row.
    known = known.sort(
        "place",
        pl.col("standing").is_null(),
        (pl.col("person_id") != pl.col("reported_id")).fill_null(False),
        "record_id",
    ).unique("place", keep="first", maintain_order=True)
    return looked_up.with_columns(rows["digest"], *known.select(*RECORD_SCHEMA).get_columns())


def _people(asked: pl.DataFrame, organisation_id: int) -> pl.DataFrame:
    schema = {
        "at": pl.UInt32,
        "person_id": pl.Int64,
        "whole_id": pl.Int64,
        "name_state": pl.UInt8,
        "elsewhere": pl.Boolean,
    }
    parts = [pl.DataFrame(schema=schema | {"place": pl.UInt32})]
    # In the order of the index that they are looked up in, which takes a third of the time.
    for part in asked.select("place", "number_index", "name_key").sort("number_index").iter_slices(AT_ONCE):
        found = ask(
            "SELECT place, person_id, whole_id, name_state, elsewhere"
            " FROM known_numbers(%b::bytea[], %b::text[], %b::bigint)",
            Array(part["number_index"]),
            Array(part["name_key"]),
            organisation_id,
        )
        parts.append(_placed(pl.DataFrame(found, schema=schema, orient="row"), part))
    return pl.concat(parts).drop("at")


def _certificates(rows: pl.DataFrame, kind: str) -> pl.Series:
    """The places of the rows whose certificate number stands on another person."""
    parts = [pl.Series("place", [], dtype=pl.UInt32)]
    asked = rows.select("place", f"{kind}_index", "whole_id").drop_nulls(f"{kind}_index").sort(f"{kind}_index")
    for part in asked.iter_slices(AT_ONCE):
        found = ask(
            "SELECT place FROM certificates_elsewhere(%b::bytea[], %b::bigint[])",
            Array(part[f"{kind}_index"]),
            Array(part["whole_id"].fill_null(NOBODY)),
        )
        parts.append(_placed(pl.DataFrame(found, schema={"at": pl.UInt32}, orient="row"), part)["place"])
    return pl.concat(parts)


def _placed(found: pl.DataFrame, asked: pl.DataFrame) -> pl.DataFrame:
    """What was found with the places of the rows that were asked about; ``at`` is their place in the question."""
    return found.with_columns(place=asked["place"].gather(found["at"] - 1))


def _own_records(people: pl.DataFrame, organisation_id: int, locking: bool) -> pl.DataFrame:
    """The organisation's records of people: ``person_id`` and ``whole_id``, who they are now.

    Records under other documents of the same people are among them, with ``reported_id``, the person that they name.
    """
    members = _members(people.drop_nulls().unique())
    known = members["person_id"].sort()
    if len(known) and locking:
        # In the order in which decisions lock, and all at once; a statement of its own, so that the next one reads
        # what is so after waiting.
        ask(
            "SELECT count(*) FROM (SELECT FROM record WHERE organisation_id = %b AND person_id = ANY (%b::bigint[])"
            " ORDER BY id FOR NO KEY UPDATE) AS locked",
            organisation_id,
            Array(known),
        )
    schema = {"reported_id": pl.Int64, "programme_id": pl.Int64, "cohort_id": pl.Int64} | RECORD_SCHEMA
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
            Array(known.slice(start, AT_ONCE)),
        )
        parts.append(pl.DataFrame(found, schema=schema, orient="row"))
    return pl.concat(parts).join(members, left_on="reported_id", right_on="person_id", how="left")


def _members(people: pl.DataFrame) -> pl.DataFrame:
    """The people, and those found to be the same as one of them whom the organisation reported as well."""
    if people.is_empty():
        return people
    found = ask(
        "SELECT id, coalesce(canonical_id, id) FROM person WHERE canonical_id = ANY (%b::bigint[])"
        " UNION SELECT id, id FROM person WHERE id = ANY (%b::bigint[])",
        Array(people["whole_id"].unique().sort()),
        Array(people.filter(pl.col("whole_id") != pl.col("person_id"))["whole_id"].unique().sort()),
    )
    others = pl.DataFrame(found, schema={"person_id": pl.Int64, "whole_id": pl.Int64}, orient="row")
    return pl.concat([people, others]).unique("person_id")

"""What the commit will write, settled for all rows before any is written: which person each is about, and all ids.

Ids are reserved first, because what is sealed is bound to its table, field and row.
"""

import polars as pl

from programs.intake.copying import reserve_ids
from programs.records.models import Record

FRESH, REPLACE, AMEND = "fresh", "replace", "amend"
"""What is written of a row that is taken: a new record; the values of a record that is not verified, or was rejected or
revoked; an amendment of a verified one."""


def plan(rows: pl.DataFrame) -> pl.DataFrame:
    """What becomes of each row of an assessment.

    Returns:
        The rows in their order with ``write`` (one of the above, null where nothing is written), ``person_id``,
        ``record_id`` and ``amendment_id`` as far as they are needed, ``is_new`` (the row brings its person in: of
        several rows about a new person the first), and then ``document_id``.
    """
    taken, verified = pl.col("fate").is_in(["new", "amendment"]), pl.col("record_state") == Record.State.VERIFIED
    write = pl.when(pl.col("record_id").is_null()).then(pl.lit(FRESH)).when(verified).then(pl.lit(AMEND))
    rows = rows.with_columns(write=pl.when(taken).then(write.otherwise(pl.lit(REPLACE))))
    stranger = pl.col("write").is_not_null() & pl.col("person_id").is_null()
    first = pl.when(stranger).then("document_key").is_first_distinct()
    rows = rows.with_columns(is_new=stranger & first)
    rows = rows.with_columns(
        new_person_id=_ids("person", rows["is_new"]),
        document_id=_ids("identity_document", rows["is_new"]),
        new_record_id=_ids("record", (rows["write"] == FRESH).fill_null(False)),
        amendment_id=_ids("amendment", (rows["write"] == AMEND).fill_null(False)),
    )
    rows = rows.with_columns(
        person_id=pl.coalesce("person_id", "new_person_id"), record_id=pl.coalesce("record_id", "new_record_id")
    )
    return _with_further_rows(rows).drop("new_person_id", "new_record_id")


def _with_further_rows(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows, those about a new person that are not the person's first with its id."""
    further = rows.select(of=pl.col("write").is_not_null() & pl.col("person_id").is_null())["of"]
    if not further.any():
        return rows
    first = rows.filter("is_new").select("document_key", "new_person_id")
    people = rows.filter(further).select("document_key").join(first, on="document_key", maintain_order="left")
    return rows.with_columns(rows["person_id"].scatter(further.arg_true(), people["new_person_id"]))


def _ids(table: str, where: pl.Series) -> pl.Series:
    """New ids of ``table`` for the marked rows, in their order; null elsewhere."""
    ids = reserve_ids(table, int(where.sum()))
    return ids.gather((where.cum_sum().cast(pl.Int64) - 1).set(~where, None))

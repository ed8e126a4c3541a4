"""Loading assessed rows: new people and records by COPY straight into their tables, changed ones by set.

Ids are reserved first, because what is sealed is bound to its table, field and row.
"""

import datetime as dt

import polars as pl
from django.db import connection

from backend import clock
from backend.vault import services as vault
from backend.vault.masking import mask_number, scrub
from programs.intake.copying import as_loader, copy_frame, reserve_ids
from programs.intake.resolving import DEAD_STATES
from programs.records.models import Record, Reported
from programs.submissions.models import Submission

State = Record.State
# A run of digits long enough to hold an identity number; only texts with one need a closer look.
LONG_NUMBER = r"[0-9Xx][0-9Xx \-]{13,}"
FREE_TEXT = ("partner_ref", "degree", "school", "employer", "occupation", "remarks")
SEALED = ("mobile", "email", "education_cert_no", "title_cert_no")
REPORTED = tuple(field.column for field in Reported._meta.local_fields if field.column not in ("submission_id", "row"))
TEXT_COLUMNS = (
    "partner_ref",
    "education",
    "degree",
    "school",
    "title",
    "employer",
    "employer_uscc",
    "district",
    "occupation",
    "segment",
    "remarks",
    "basis",
)


def load(submission: Submission, rows: pl.DataFrame) -> None:
    """Takes the rows whose fate is ``new`` or ``amendment``.

    A new identity becomes a record; a record not yet verified, or one that was rejected or revoked, takes the row's
    values and is submitted again; a verified record keeps its values and gets an amendment to be reviewed.

    Runs inside the commit's transaction, in the organisation's scope.
    """
    taken = rows.filter(pl.col("fate").is_in(["new", "amendment"]))
    if taken.is_empty():
        return
    now = clock.now()
    taken = _with_people(submission, _cleaned(taken), now)
    fresh = taken.filter(pl.col("record_id").is_null())
    amending = taken.filter(pl.col("record_state") == State.VERIFIED)
    replacing = taken.filter(pl.col("record_id").is_not_null() & (pl.col("record_state") != State.VERIFIED))
    fresh = fresh.with_columns(record_id=pl.Series(reserve_ids("record", fresh.height), dtype=pl.Int64))
    _insert_records(submission, fresh, now)
    _replace_records(submission, replacing, now)
    _insert_amendments(submission, amending, now)
    _insert_credentials(submission, pl.concat([fresh, replacing]), now)


def _cleaned(rows: pl.DataFrame) -> pl.DataFrame:
    """Free text without identity numbers: they belong into the vault and nowhere else."""
    for column in FREE_TEXT:
        if rows[column].str.contains(LONG_NUMBER).any():
            rows = rows.with_columns(
                pl.when(pl.col(column).str.contains(LONG_NUMBER))
                .then(pl.col(column).map_elements(scrub, return_dtype=pl.String))
                .otherwise(column)
                .alias(column)
            )
    return rows.with_columns(pl.col(name).fill_null("") for name in TEXT_COLUMNS)


def _with_people(submission: Submission, rows: pl.DataFrame, now: dt.datetime) -> pl.DataFrame:
    """The rows with ``person_id`` filled: new people are added once, however many rows they have."""
    new = rows.filter(pl.col("person_id").is_null()).unique("document_key", keep="first", maintain_order=True)
    new = new.with_columns(
        new_person_id=pl.Series(reserve_ids("person", new.height), dtype=pl.Int64),
        document_id=pl.Series(reserve_ids("identity_document", new.height), dtype=pl.Int64),
    )
    rows = rows.join(
        new.select("document_key", "new_person_id"), on="document_key", how="left", maintain_order="left"
    ).with_columns(person_id=pl.coalesce("person_id", "new_person_id"))
    numbers = new["id_number"].to_list()
    people = new.select(
        "name",
        "name_key",
        "birth_date",
        id="new_person_id",
        gender=pl.col("gender").fill_null(""),
        created_at=pl.lit(now),
    )
    documents = new.select(
        "id_type",
        "number_index",
        id="document_id",
        person_id="new_person_id",
        sealed_number=pl.Series(
            vault.seal_many(
                "identity_document", "sealed_number", new["document_id"].to_list(), [n.encode() for n in numbers]
            ),
            dtype=pl.Binary,
        ),
        masked_number=pl.Series([mask_number(number) for number in numbers], dtype=pl.String),
    )
    with as_loader():
        copy_frame("person", people)
        copy_frame("identity_document", documents)
    _report_people(submission, rows)
    _rename_forgotten(rows)
    return rows


def _report_people(submission: Submission, rows: pl.DataFrame) -> None:
    ids = rows["person_id"].unique().to_list()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person_id FROM person_report WHERE organisation_id = %s AND person_id = ANY (%s)",
            [submission.organisation_id, ids],
        )
        already = {person for (person,) in cursor.fetchall()}
    new = [person for person in ids if person not in already]
    with as_loader():
        copy_frame(
            "person_report",
            pl.DataFrame(
                {"organisation_id": [submission.organisation_id] * len(new), "person_id": new},
                schema={"organisation_id": pl.Int64, "person_id": pl.Int64},
            ),
        )


def _rename_forgotten(rows: pl.DataFrame) -> None:
    """A person none of whose records is on the books any more takes the name of the new report."""
    forgotten = rows.filter((pl.col("name_state") == 0) & pl.col("new_person_id").is_null()).unique(
        "person_id", keep="first", maintain_order=True
    )
    if forgotten.is_empty():
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE person SET name = given.name, name_key = given.name_key
            FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS given (person_id, name, name_key)
            WHERE person.id = given.person_id AND person.name_key <> given.name_key
            """,
            [forgotten[name].to_list() for name in ("person_id", "name", "name_key")],
        )


def _values(submission: Submission, rows: pl.DataFrame, table: str, ids: pl.Series) -> pl.DataFrame:
    """The columns that a record and an amendment have in common, with the personal ones sealed for ``table``."""
    present = pl.any_horizontal(pl.col(name).is_not_null() for name in SEALED)
    personal = rows.select("row", id=ids, text=pl.struct(SEALED).struct.json_encode(), present=present).filter(
        "present"
    )
    sealed = personal.select(
        "row",
        sealed=pl.Series(
            vault.seal_many(
                table, "sealed", personal["id"].to_list(), [text.encode() for text in personal["text"].to_list()]
            ),
            dtype=pl.Binary,
        ),
    )
    return (
        rows.with_columns(id=ids, submission_id=pl.lit(submission.pk, dtype=pl.Int64))
        .join(sealed, on="row", how="left", maintain_order="left")
        .select("id", "submission_id", "row", *REPORTED)
    )


def _insert_records(submission: Submission, rows: pl.DataFrame, now: dt.datetime) -> None:
    frame = _values(submission, rows, "record", rows["record_id"]).with_columns(
        rows.select("programme_id", "cohort_id", "person_id", "path"),
        organisation_id=pl.lit(submission.organisation_id, dtype=pl.Int64),
        state=pl.lit(State.SUBMITTED.value),
        pending=pl.lit(False),
        reason=pl.lit(""),
        reported_at=pl.lit(now),
    )
    with as_loader():
        copy_frame("record", frame)


def _stage(frame: pl.DataFrame, like: str) -> None:
    """Puts the frame into the temporary table ``incoming``, which has the columns of ``like``."""
    columns = ", ".join(f'"{name}"' for name in frame.columns)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE incoming ON COMMIT DROP AS SELECT {columns} FROM {like} LIMIT 0")
    copy_frame("incoming", frame)


def _unstage() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE incoming")


def _replace_records(submission: Submission, rows: pl.DataFrame, now: dt.datetime) -> None:
    """A record not yet verified is replaced; a rejected or revoked one is reported anew, from now."""
    if rows.is_empty():
        return
    _stage(_values(submission, rows, "record", rows["record_id"]), "record")
    assignments = ", ".join(f'"{name}" = incoming."{name}"' for name in ("submission_id", "row", *REPORTED))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE record SET {assignments}, state = 'submitted', reason = '', decided_at = NULL, decided_by_id = NULL,
                reported_at = CASE WHEN record.state = ANY (%s) THEN %s ELSE record.reported_at END
            FROM incoming WHERE record.id = incoming.id
            """,
            [list(DEAD_STATES), now],
        )
        cursor.execute("DELETE FROM credential WHERE record_id IN (SELECT id FROM incoming)")
    _unstage()


def _insert_amendments(submission: Submission, rows: pl.DataFrame, now: dt.datetime) -> None:
    """A verified record stands and counts as it was; the latest amendment is the one under review."""
    if rows.is_empty():
        return
    ids = pl.Series(reserve_ids("amendment", rows.height), dtype=pl.Int64)
    frame = _values(submission, rows, "amendment", ids).with_columns(
        record_id=rows["record_id"],
        organisation_id=pl.lit(submission.organisation_id, dtype=pl.Int64),
        state=pl.lit("pending"),
        reason=pl.lit(""),
        reported_at=pl.lit(now),
    )
    columns = ", ".join(f'"{name}"' for name in frame.columns)
    _stage(frame, "amendment")
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE amendment SET state = 'superseded', decided_at = %s
            FROM incoming WHERE amendment.record_id = incoming.record_id AND amendment.state = 'pending'
            """,
            [now],
        )
        cursor.execute(f"INSERT INTO amendment ({columns}) SELECT {columns} FROM incoming")
        cursor.execute("UPDATE record SET pending = true FROM incoming WHERE record.id = incoming.record_id")
    _unstage()


def _insert_credentials(submission: Submission, rows: pl.DataFrame, now: dt.datetime) -> None:
    claims = []
    for kind, code, held_from, number in (
        ("education", "education", "graduated_on", "education_index"),
        ("title", "title", "title_awarded_on", "title_index"),
    ):
        claims.append(
            rows.filter(pl.col(code) != "").select(
                "person_id",
                "record_id",
                kind=pl.lit(kind),
                code=code,
                school=pl.col("school") if kind == "education" else pl.lit(""),
                held_from=held_from,
                number_index=number,
            )
        )
    frame = pl.concat(claims)
    frame = frame.with_columns(
        id=pl.Series(reserve_ids("credential", frame.height), dtype=pl.Int64),
        organisation_id=pl.lit(submission.organisation_id, dtype=pl.Int64),
        state=pl.lit("claimed"),
        created_at=pl.lit(now),
    )
    with as_loader():
        copy_frame("credential", frame)

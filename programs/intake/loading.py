"""Loading assessed rows: new people and records by COPY straight into their tables, changed ones by set.

The rows are gone through piece by piece: while the database takes in one, the next is sealed and rendered.
"""

import datetime as dt
from collections.abc import Iterator

import polars as pl
from django.db import connection

from backend import clock
from backend.vault import services as vault
from backend.vault.masking import scrub
from programs.intake.assessing import Assessment, beside_values
from programs.intake.copying import Loader, as_loader, copy_frame, reserve_ids
from programs.intake.found import masked_number
from programs.intake.planning import AMEND, FRESH, REPLACE, plan
from programs.intake.resolving import DEAD_STATES
from programs.records import revising
from programs.records.models import Record, Reported
from programs.submissions.models import Submission
from talent.credentials.examining import carry
from talent.credentials.services import COLUMNS as CLAIM_COLUMNS
from talent.credentials.services import put_claims

State = Record.State
PIECE = 20_000
"""Rows that are sealed and rendered at a time."""

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


def load(submission: Submission, assessment: Assessment) -> None:
    """Takes the rows whose fate is ``new`` or ``amendment``.

    A new identity becomes a record; a record not yet verified, or one that was rejected or revoked, takes the row's
    values and is submitted again; a verified record keeps its values and gets an amendment to be reviewed.

    Runs inside the commit's transaction, in the organisation's scope.
    """
    rows = plan(assessment.rows)
    if rows["write"].null_count() == rows.height:
        return
    now = clock.now()
    _rename_forgotten(rows)
    changed = rows["write"].is_in([REPLACE, AMEND]).fill_null(False)
    if changed.any():
        for part in _parts(rows, assessment, REPLACE, AMEND):
            _replace_records(submission, part.filter(pl.col("write") == REPLACE), now)
            _insert_amendments(submission, part.filter(pl.col("write") == AMEND), now)
    _insert(submission, rows, assessment, now)


def _parts(rows: pl.DataFrame, assessment: Assessment, *writes: str) -> Iterator[pl.DataFrame]:
    """The rows of which ``writes`` are written, with all their values, some at a time."""
    for part, values in beside_values(rows, assessment.values):
        for piece in part.hstack(values).filter(pl.col("write").is_in(writes)).iter_slices(PIECE):
            yield cleaned(piece)


def cleaned(rows: pl.DataFrame) -> pl.DataFrame:
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


def _rename_forgotten(rows: pl.DataFrame) -> None:
    """A person none of whose records is on the books any more takes the name of the new report."""
    known = pl.col("write").is_not_null() & pl.col("document_id").is_null()
    forgotten = rows.filter(known, pl.col("name_state") == 0).unique("person_id", keep="first", maintain_order=True)
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


def _values(submission: Submission, rows: pl.DataFrame, ids: str, sealer: vault.Sealer) -> pl.DataFrame:
    """The columns that a record and an amendment have in common, with the personal ones sealed for ``ids``."""
    present = rows.select(pl.any_horizontal(pl.col(name).is_not_null() for name in SEALED)).to_series()
    texts = rows.select(pl.when(present).then(pl.struct(SEALED).struct.json_encode()).cast(pl.Binary)).to_series()
    sealed = pl.Series(sealer(rows[ids].filter(present).to_list(), texts.drop_nulls().to_list()), dtype=pl.Binary)
    return rows.with_columns(
        id=pl.col(ids),
        submission_id=pl.lit(submission.pk, dtype=pl.Int64),
        sealed=sealed.gather((present.cum_sum().cast(pl.Int64) - 1).set(~present, None)),
    ).select("id", "submission_id", "row", *REPORTED)


def _insert(submission: Submission, rows: pl.DataFrame, assessment: Assessment, now: dt.datetime) -> None:
    """Adds what is new: people with their documents, who reports them, records and their credentials."""
    reported = _newly_reported(submission, rows)
    claims = rows.filter(pl.col("write") == FRESH)["claims"].sum()
    credential_ids = reserved = reserve_ids("credential", int(claims))
    numbers, records = vault.Sealer("identity_document", "sealed_number"), vault.Sealer("record", "sealed")
    with as_loader() as loader:
        loader.copy("person_report", reported)
        for piece in _parts(rows, assessment, FRESH):
            _copy_people(loader, piece.filter("is_new"), numbers, now)
            _copy_records(loader, submission, piece, records, now)
            credentials = _credentials(submission, piece, now)
            loader.copy("credential", credentials.with_columns(id=credential_ids.head(credentials.height)))
            credential_ids = credential_ids.slice(credentials.height)
    if len(reserved):
        carry(first_id=reserved[0], last_id=reserved[-1])


def _newly_reported(submission: Submission, rows: pl.DataFrame) -> pl.DataFrame:
    """The persons whom the organisation has not reported before: the new ones, and others unless it has."""
    new = rows.filter("is_new").select("person_id")
    others = rows.select("person_id", known=pl.col("write").is_not_null() & ~pl.col("is_new")).filter("known")
    others = others.select("person_id").unique(maintain_order=True).join(new, on="person_id", how="anti")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person_id FROM person_report WHERE organisation_id = %s AND person_id = ANY (%s)",
            [submission.organisation_id, others["person_id"].to_list()],
        )
        already = [person for (person,) in cursor.fetchall()]
    people = pl.concat([new, others.filter(~pl.col("person_id").is_in(already))])
    return people.with_columns(organisation_id=pl.lit(submission.organisation_id, dtype=pl.Int64))


def _copy_people(loader: Loader, rows: pl.DataFrame, sealer: vault.Sealer, now: dt.datetime) -> None:
    people = rows.select(
        "name",
        "name_key",
        "birth_date",
        id="person_id",
        gender=pl.col("gender").fill_null(""),
        created_at=pl.lit(now),
    )
    sealed = sealer(rows["document_id"].to_list(), rows["id_number"].cast(pl.Binary).to_list())
    documents = rows.select(
        "person_id",
        "id_type",
        "number_index",
        id="document_id",
        sealed_number=pl.Series(sealed, dtype=pl.Binary),
        masked_number=masked_number(pl.col("id_number")),
    )
    loader.copy("person", people)
    # In the order of the great index over all numbers, which then takes a fifth less time to fill.
    loader.copy("identity_document", documents.sort("number_index"))


def _copy_records(
    loader: Loader, submission: Submission, rows: pl.DataFrame, sealer: vault.Sealer, now: dt.datetime
) -> None:
    frame = _values(submission, rows, "record_id", sealer).with_columns(
        rows.select("programme_id", "cohort_id", "person_id", "path"),
        organisation_id=pl.lit(submission.organisation_id, dtype=pl.Int64),
        state=pl.lit(State.SUBMITTED.value),
        pending=pl.lit(False),
        reason=pl.lit(""),
        reported_at=pl.lit(now),
    )
    loader.copy("record", frame)


def _credentials(submission: Submission, rows: pl.DataFrame, now: dt.datetime) -> pl.DataFrame:
    claims = [
        rows.filter(pl.col(kind) != "").select(
            "person_id",
            "record_id",
            kind=pl.lit(kind),
            code=kind,
            school=pl.col("school") if kind == "education" else pl.lit(""),
            held_from=held_from,
            number_index=f"{kind}_index",
            organisation_id=pl.lit(submission.organisation_id, dtype=pl.Int64),
            state=pl.lit("claimed"),
            created_at=pl.lit(now),
        )
        for kind, held_from in (("education", "graduated_on"), ("title", "title_awarded_on"))
    ]
    return pl.concat(claims)


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
    _stage(_values(submission, rows, "record_id", vault.Sealer("record", "sealed")), "record")
    _keep_returned()
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
    _unstage()
    # What is claimed as before keeps what has been found out about it.
    claims = _credentials(submission, _under_own_persons(rows), now)
    given = {name: claims[name].to_list() for name in CLAIM_COLUMNS}
    put_claims(record_ids=rows["record_id"].to_list(), claims=given)


def _under_own_persons(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with their records' own persons: of somebody known by several numbers a row may name another one, and
    what a record claims stays with it when these are found to be two human beings after all."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, person_id FROM record WHERE id = ANY (%s)", [rows["record_id"].to_list()])
        own = pl.DataFrame(cursor.fetchall(), schema={"record_id": pl.Int64, "person_id": pl.Int64}, orient="row")
    return rows.drop("person_id").join(own, on="record_id", how="left", maintain_order="left")


def _keep_returned() -> None:
    """What a returned record said stays known: whoever returned it is shown what was changed, and nothing else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT record.id FROM record JOIN incoming USING (id) WHERE record.state = 'returned'")
        returned = [id for (id,) in cursor.fetchall()]
    revising.keep(record_ids=returned)


def _insert_amendments(submission: Submission, rows: pl.DataFrame, now: dt.datetime) -> None:
    """A verified record stands and counts as it was; the latest amendment is the one under review."""
    if rows.is_empty():
        return
    frame = _values(submission, rows, "amendment_id", vault.Sealer("amendment", "sealed")).with_columns(
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

"""Letting other values take effect on records: those of verified amendments, or those that were kept."""

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import connection

from backend.vault import services as vault
from programs.records.models import Reported
from talent.credentials.models import Credential
from talent.credentials.services import Claim, replace_claims

# What an amendment brings: every column of a report but the sealed one, which is bound to its own table and row.
VALUES = tuple(field.column for field in Reported._meta.local_fields if field.name != "sealed")


class Brought(NamedTuple):
    """What of a row that brings values, and of its record, is needed beyond what the database moves by itself."""

    id: int
    record_id: int
    person_id: int
    organisation_id: int
    education: str
    school: str
    graduated_on: dt.date | None
    title: str
    title_awarded_on: dt.date | None
    sealed: bytes | None


def take(*, amendment_ids: Sequence[int], decided_at: dt.datetime, decided_by_id: int) -> None:
    """Put the amendments' values in the place of their records', inside the caller's transaction.

    Credentials follow; contacts and certificate numbers are sealed anew for the record's row; nothing is pending any
    more. The caller holds the records' locks, has set the amendments' state, and marks the persons changed.

    Raises:
        backend.vault.errors.Unsealable: an amendment's sealed values do not open.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT amendment.id, record.id, record.person_id, record.organisation_id, amendment.education,"
            " amendment.school, amendment.graduated_on, amendment.title, amendment.title_awarded_on, amendment.sealed"
            " FROM amendment JOIN record ON record.id = amendment.record_id WHERE amendment.id = ANY(%s)",
            [list(amendment_ids)],
        )
        brought = [Brought(*row) for row in cursor.fetchall()]
    standing = "pending = false, reason = '', decided_at = %s, decided_by_id = %s"
    put_in_place("amendment", brought, standing, [decided_at, decided_by_id])


def put_in_place(table: str, brought: Sequence[Brought], standing: str, values: Sequence[Any] = ()) -> None:
    """Give records the values that rows of ``table`` hold, the sealed ones sealed anew, and the credentials they claim.

    Args:
        table: ``amendment`` or ``revision``; its rows hold the columns of a report and name their record.
        brought: the rows, one at most for each record.
        standing: what else is assigned to the record, as SQL that may name the table's columns.
        values: of the parameters in ``standing``.

    Raises:
        backend.vault.errors.Unsealable: a sealed value does not open.
    """
    holding = [one for one in brought if one.sealed]
    opened = vault.unseal_many(table, "sealed", [one.id for one in holding], [one.sealed or b"" for one in holding])
    sealed_anew = vault.seal_many("record", "sealed", [one.record_id for one in holding], opened)
    sealed = dict.fromkeys((one.id for one in brought), None) | dict(
        zip((one.id for one in holding), sealed_anew, strict=True)
    )
    assignments = ", ".join(f'"{column}" = {table}."{column}"' for column in VALUES)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE record SET {assignments}, sealed = given.sealed, {standing}"
            f" FROM {table} JOIN unnest(%s::bigint[], %s::bytea[]) AS given (id, sealed) ON given.id = {table}.id"
            f" WHERE {table}.record_id = record.id",
            [*values, list(sealed), list(sealed.values())],
        )
    contents = dict(zip((one.id for one in holding), map(json.loads, opened), strict=True))
    replace_claims(
        record_ids=[one.record_id for one in brought],
        claims=[claim for one in brought for claim in claims_of(one, contents.get(one.id, {}))],
    )


def claims_of(brought: Brought, content: dict[str, str]) -> list[Claim]:
    """The credentials that a row claims.

    Args:
        brought: the row with its record's person and organisation.
        content: what it holds sealed, opened: the certificate numbers are ``education_cert_no``, ``title_cert_no``.
    """
    return [
        Claim(
            record_id=brought.record_id,
            person_id=brought.person_id,
            organisation_id=brought.organisation_id,
            kind=kind,
            code=code,
            school=school,
            held_from=held_from,
            number=content.get(f"{kind}_cert_no") or "",
        )
        for kind, code, school, held_from in (
            (Credential.Kind.EDUCATION.value, brought.education, brought.school, brought.graduated_on),
            (Credential.Kind.TITLE.value, brought.title, "", brought.title_awarded_on),
        )
        if code
    ]

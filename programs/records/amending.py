"""Letting the values of verified amendments take effect."""

import datetime as dt
import json
from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection

from backend.vault import services as vault
from programs.records.models import Reported
from talent.credentials.models import Credential
from talent.credentials.services import Claim, replace_claims

# What an amendment brings: every column of a report but the sealed one, which is bound to its own table and row.
VALUES = tuple(field.column for field in Reported._meta.local_fields if field.name != "sealed")


class Amending(NamedTuple):
    """What of an amendment and its record is needed beyond what the database moves by itself."""

    amendment_id: int
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
        amendings = [Amending(*row) for row in cursor.fetchall()]
    holding = [one for one in amendings if one.sealed]
    opened = vault.unseal_many(
        "amendment", "sealed", [one.amendment_id for one in holding], [one.sealed or b"" for one in holding]
    )
    sealed = dict.fromkeys((one.amendment_id for one in amendings), None) | dict(
        zip(
            (one.amendment_id for one in holding),
            vault.seal_many("record", "sealed", [one.record_id for one in holding], opened),
            strict=True,
        )
    )
    assignments = ", ".join(f'"{column}" = amendment."{column}"' for column in VALUES)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE record SET {assignments}, sealed = given.sealed, pending = false, reason = '', decided_at = %s,"
            " decided_by_id = %s FROM amendment JOIN unnest(%s::bigint[], %s::bytea[]) AS given (id, sealed)"
            " ON given.id = amendment.id WHERE amendment.record_id = record.id",
            [decided_at, decided_by_id, list(sealed), list(sealed.values())],
        )
    contents = dict(zip((one.amendment_id for one in holding), map(json.loads, opened), strict=True))
    replace_claims(
        record_ids=[one.record_id for one in amendings],
        claims=[claim for one in amendings for claim in claims_of(one, contents.get(one.amendment_id, {}))],
    )


def claims_of(amending: Amending, content: dict[str, str]) -> list[Claim]:
    """The credentials that an amendment claims.

    Args:
        amending: the amendment with its record's person and organisation.
        content: what it holds sealed, opened: the certificate numbers are ``education_cert_no``, ``title_cert_no``.
    """
    return [
        Claim(
            record_id=amending.record_id,
            person_id=amending.person_id,
            organisation_id=amending.organisation_id,
            kind=kind,
            code=code,
            school=school,
            held_from=held_from,
            number=content.get(f"{kind}_cert_no") or "",
        )
        for kind, code, school, held_from in (
            (Credential.Kind.EDUCATION.value, amending.education, amending.school, amending.graduated_on),
            (Credential.Kind.TITLE.value, amending.title, "", amending.title_awarded_on),
        )
        if code
    ]

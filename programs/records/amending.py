"""Letting the values of verified amendments take effect."""

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

from django.db import connection

from backend.vault import services as vault
from programs.records.models import Amendment, Reported
from talent.credentials.models import Credential
from talent.credentials.services import Claim, replace_claims

# What an amendment brings: every column of a report but the sealed one, which is bound to its own table and row.
VALUES = tuple(field.column for field in Reported._meta.local_fields if field.name != "sealed")


def take(*, amendment_ids: Sequence[int], decided_at: dt.datetime, decided_by_id: int) -> None:
    """Put the amendments' values in the place of their records', inside the caller's transaction.

    Credentials follow; contacts and certificate numbers are sealed anew for the record's row. The caller holds the
    records' locks, has set the amendments' state, and marks the persons changed.

    Raises:
        backend.vault.errors.Unsealable: an amendment's sealed values do not open.
    """
    assignments = ", ".join(f'"{column}" = amendment."{column}"' for column in VALUES)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE record SET {assignments}, sealed = NULL, reason = '', decided_at = %s, decided_by_id = %s"
            " FROM amendment WHERE amendment.record_id = record.id AND amendment.id = ANY(%s)",
            [decided_at, decided_by_id, list(amendment_ids)],
        )
    amendments = list(Amendment.objects.filter(pk__in=amendment_ids).select_related("record").order_by("pk"))
    contents = _seal_for_records(amendments)
    replace_claims(
        record_ids=[one.record_id for one in amendments],
        claims=[claim for one in amendments for claim in claims_of(one, contents.get(one.pk, {}))],
    )


def _seal_for_records(amendments: list[Amendment]) -> dict[int, dict[str, Any]]:
    """Seal what the amendments hold for their records; returns it opened, by amendment."""
    holding = [one for one in amendments if one.sealed]
    opened = vault.unseal_many("amendment", "sealed", [one.pk for one in holding], [one.sealed for one in holding])
    records = [one.record_id for one in holding]
    sealed = vault.seal_many("record", "sealed", records, opened)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE record SET sealed = given.sealed FROM unnest(%s::bigint[], %s::bytea[]) AS given (id, sealed)"
            " WHERE record.id = given.id",
            [records, sealed],
        )
    return {one.pk: json.loads(content) for one, content in zip(holding, opened, strict=True)}


def claims_of(amendment: Amendment, content: dict[str, Any]) -> list[Claim]:
    """The credentials that an amendment claims.

    Args:
        amendment: with its record.
        content: what it holds sealed, opened: the certificate numbers are ``education_cert_no``, ``title_cert_no``.
    """
    record = amendment.record
    claims = []
    for kind, code, school, held_from in (
        (Credential.Kind.EDUCATION, amendment.education, amendment.school, amendment.graduated_on),
        (Credential.Kind.TITLE, amendment.title, "", amendment.title_awarded_on),
    ):
        if code:
            claims.append(
                Claim(
                    record_id=record.pk,
                    person_id=record.person_id,
                    organisation_id=record.organisation_id,
                    kind=kind,
                    code=code,
                    school=school,
                    held_from=held_from,
                    number=content.get(f"{kind}_cert_no") or "",
                )
            )
    return claims

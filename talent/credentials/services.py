"""Writing what records claim of a person's education and titles."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from backend.vault import services as vault


@dataclass(frozen=True)
class Claim:
    """One credential as a record carries it; ``number`` is the certificate's, empty where none was given."""

    record_id: int
    person_id: int
    organisation_id: int
    kind: str
    code: str
    school: str
    held_from: dt.date | None
    number: str


def certificate_key(kind: str, number: str) -> str:
    """What a certificate number is indexed as: numbers of education and of titles do not meet (rule W06)."""
    return f"{kind}|{number}"


def replace_claims(*, record_ids: Sequence[int], claims: Sequence[Claim]) -> None:
    """Make ``claims`` what the records ``record_ids`` carry, inside the caller's transaction.

    A credential claimed as before keeps its row and with it what has been found out about it.
    """
    numbers = [certificate_key(claim.kind, claim.number) for claim in claims if claim.number]
    indexes = iter(vault.index_many(numbers))
    rows = [
        [
            (claim.record_id, claim.person_id, claim.organisation_id, claim.kind, claim.code),
            (claim.school, claim.held_from, next(indexes) if claim.number else None),
        ]
        for claim in claims
    ]
    columns = list(zip(*((*first, *second) for first, second in rows), strict=True)) or [()] * 8
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH claim AS MATERIALIZED (
                SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[],
                                     %s::date[], %s::bytea[])
                    AS claim (record_id, person_id, organisation_id, kind, code, school, held_from, number_index)
            ), standing AS MATERIALIZED (
                SELECT credential.id, claim.record_id, claim.kind FROM credential
                JOIN claim USING (record_id, person_id, kind, code, school)
                WHERE credential.held_from IS NOT DISTINCT FROM claim.held_from
                AND credential.number_index IS NOT DISTINCT FROM claim.number_index
            ), gone AS (
                DELETE FROM credential WHERE record_id = ANY(%s) AND id NOT IN (SELECT id FROM standing)
            )
            INSERT INTO credential (record_id, person_id, organisation_id, kind, code, school, held_from,
                                    number_index, state)
            SELECT record_id, person_id, organisation_id, kind, code, school, held_from, number_index, 'claimed'
            FROM claim WHERE (record_id, kind) NOT IN (SELECT record_id, kind FROM standing)
            """,
            [*(list(column) for column in columns), list(record_ids)],
        )

"""Writing what records claim of a person's education and titles."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from backend.outbox.services import state
from backend.vault import services as vault
from talent.credentials.examining import carry

WRITTEN = "credentials.written"
COLUMNS = (
    "record_id",
    "person_id",
    "organisation_id",
    "kind",
    "code",
    "school",
    "held_from",
    "number_index",
)
"""What a claim is written as; ``number_index`` is the blind index of ``certificate_key``."""


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
    """Make ``claims`` what the records ``record_ids`` carry, inside the caller's transaction; see ``put_claims``.

    States the topic *credentials written* about the first record.
    """
    numbers = [certificate_key(claim.kind, claim.number) for claim in claims if claim.number]
    indexes = iter(vault.index_many(numbers))
    given: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    for claim in claims:
        for name in COLUMNS[:-1]:
            given[name].append(getattr(claim, name))
        given["number_index"].append(next(indexes) if claim.number else None)
    put_claims(record_ids=record_ids, claims=given)
    if claims:
        state(topic=WRITTEN, subject_id=claims[0].record_id)


def put_claims(*, record_ids: Sequence[int], claims: Mapping[str, Sequence[Any]]) -> None:
    """Make ``claims`` what the records ``record_ids`` carry, inside the caller's transaction.

    A credential claimed as before keeps its row, and with it what has been found out about it and the files that show
    it. One that is claimed otherwise is another credential and begins anew; so does what it is shown by, but what an
    officer has had before them stays with the verdict. A certificate that was found false stays so on every record.

    Args:
        record_ids: of the records.
        claims: by name of ``COLUMNS``, the values of all claims in one order.
    """
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
                RETURNING id
            ), added AS (
                INSERT INTO credential (record_id, person_id, organisation_id, kind, code, school, held_from,
                                        number_index, state)
                SELECT record_id, person_id, organisation_id, kind, code, school, held_from, number_index, 'claimed'
                FROM claim WHERE (record_id, kind) NOT IN (SELECT record_id, kind FROM standing)
                RETURNING id
            )
            SELECT ARRAY(SELECT id FROM gone), ARRAY(SELECT id FROM added)
            """,
            [*(list(claims[name]) for name in COLUMNS), list(record_ids)],
        )
        gone, added = cursor.fetchone()
    if gone:
        _let_go_evidence(gone)
    if added:
        carry(first_id=min(added), last_id=max(added), among=added)


def _let_go_evidence(credential_ids: Sequence[int]) -> None:
    """Destroy the files of credentials that are claimed no more, unless an officer has judged by them."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH gone AS (
                DELETE FROM evidence WHERE credential_id = ANY(%s) AND NOT EXISTS (
                    SELECT FROM examination
                    WHERE examination.credential_id = evidence.credential_id AND examination.at >= evidence.filed_at
                )
                RETURNING file_id, thumbnail_id
            )
            SELECT array_remove(array_agg(file_id) || array_agg(thumbnail_id), NULL) FROM gone
            """,
            [list(credential_ids)],
        )
        [files] = cursor.fetchone()
        if files:
            cursor.execute("DELETE FROM sealed_chunk WHERE file_id = ANY(%s)", [files])
            cursor.execute("DELETE FROM sealed_file WHERE id = ANY(%s)", [files])

"""Keeping what a record said before other values take its place, and putting it back."""

from collections.abc import Mapping, Sequence

from django.db import connection

from backend.vault import services as vault
from programs.records.amending import VALUES, Brought, put_in_place

_LISTED = ", ".join(f'"{column}"' for column in VALUES)
_OF_RECORD = ", ".join(f'record."{column}"' for column in VALUES)


def keep(*, record_ids: Sequence[int], amendments: Mapping[int, int] | None = None) -> None:
    """Write down what records say that are locked in the caller's transaction, before it is replaced.

    Args:
        record_ids: the records.
        amendments: by record, the amendment that takes its place; none where the record is reported anew.

    Raises:
        backend.vault.errors.Unsealable: a record's sealed values do not open.
    """
    if not record_ids:
        return
    by_record = amendments or {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO revision (record_id, organisation_id, amendment_id, state, reason, decided_at, decided_by_id,
                                  credentials, {_LISTED})
            SELECT record.id, record.organisation_id, given.amendment_id, record.state, record.reason,
                   record.decided_at, record.decided_by_id,
                   coalesce((SELECT jsonb_agg(jsonb_build_object('kind', kind, 'code', code, 'state', state))
                             FROM credential WHERE credential.record_id = record.id), '[]'), {_OF_RECORD}
            FROM unnest(%s::bigint[], %s::bigint[]) AS given (id, amendment_id) JOIN record USING (id)
            RETURNING id, record_id
            """,
            [list(record_ids), [by_record.get(record) for record in record_ids]],
        )
        revisions = {record: revision for revision, record in cursor.fetchall()}
        cursor.execute(
            "SELECT id, sealed FROM record WHERE id = ANY(%s) AND sealed IS NOT NULL ORDER BY id", [list(record_ids)]
        )
        holding = cursor.fetchall()
        if not holding:
            return
        ids = [record for record, _sealed in holding]
        opened = vault.unseal_many("record", "sealed", ids, [bytes(sealed) for _record, sealed in holding])
        kept = [revisions[record] for record in ids]
        cursor.execute(
            "UPDATE revision SET sealed = given.sealed FROM unnest(%s::bigint[], %s::bytea[]) AS given (id, sealed)"
            " WHERE revision.id = given.id",
            [kept, vault.seal_many("revision", "sealed", kept, opened)],
        )


def restore(*, amendment_ids: Sequence[int]) -> None:
    """Put back what records said before these amendments took effect, inside the caller's transaction.

    Credentials follow, each in the state in which it was. The caller holds the records' locks, sets what becomes of
    the amendments, and marks the persons changed.

    Raises:
        backend.vault.errors.Unsealable: a kept value does not open.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            # One that took effect, was undone and took effect again has been kept each time.
            """
            SELECT DISTINCT ON (revision.record_id) revision.id, revision.record_id, record.person_id,
                   revision.organisation_id, revision.education, revision.school, revision.graduated_on, revision.title,
                   revision.title_awarded_on, revision.sealed
            FROM revision JOIN record ON record.id = revision.record_id WHERE revision.amendment_id = ANY(%s)
            ORDER BY revision.record_id, revision.id DESC
            """,
            [list(amendment_ids)],
        )
        kept = [Brought(*row) for row in cursor.fetchall()]
    standing = (
        "pending = true, reason = revision.reason, decided_at = revision.decided_at,"
        " decided_by_id = revision.decided_by_id"
    )
    put_in_place("revision", kept, standing)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE credential SET state = held.state
            FROM revision CROSS JOIN jsonb_to_recordset(revision.credentials) AS held (kind text, code text, state text)
            WHERE revision.id = ANY(%s) AND credential.record_id = revision.record_id
                AND credential.kind = held.kind AND credential.code = held.code AND credential.state <> held.state
            """,
            [[one.id for one in kept]],
        )

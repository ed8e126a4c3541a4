"""Everything that rests sealed, opened: to see that a rotation left each value what it was."""

from collections.abc import Iterator

from django.db import connection

from backend.accounts import scope
from backend.vault import keys
from backend.vault import services as vault
from backend.vault.columns import sealed_columns

# Columns of bytes that are no sealed values: keyed or plain digests, blind indexes, wrapped keys, what a passkey shows
# openly, and answers that are sealed with the key of sessions for a day.
NOT_SEALED = {
    *(("identity_document", "number_index"), ("credential", "number_index")),
    *(("candidate", "number_index"), ("candidate", "name_index"), ("candidate", "digest")),
    *(("record", "digest"), ("amendment", "digest"), ("revision", "digest")),
    *(("access_token", "digest"), ("calendar_feed", "digest")),
    *(("idempotency_key", "request_digest"), ("idempotency_key", "body")),
    *(("audit_seal", "digests"), ("audit_seal", "head"), ("audit_seal", "mac")),
    *(("passkey", "credential"), ("passkey", "public_key"), ("passkey", "last_challenge")),
    ("recovery_code", "digest"),
    ("vault_key", "wrapped"),
}


def opened() -> dict[tuple[str, str], bytes]:
    """Every sealed value in the clear, by column and what it is bound to."""
    return {(column, bound): plain for column, bound, _sealed, plain in _values()}


def held_by() -> dict[str, set[int]]:
    """By column, the keys that its values are sealed with."""
    found: dict[str, set[int]] = {}
    for column, _bound, sealed, _plain in _values():
        found.setdefault(column, set()).add(vault.HEADER.unpack_from(sealed)[1])
    return found


def bytes_columns() -> set[tuple[str, str]]:
    """Every column of bytes of the database, lists of them among these."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND (data_type = 'bytea' OR udt_name = '_bytea')"
        )
        return set(cursor.fetchall())


def _values() -> Iterator[tuple[str, str, bytes, bytes]]:
    keys.forget()
    with scope.everything(), connection.cursor() as cursor:
        for column in sealed_columns():
            cursor.execute(
                f"SELECT {column.row} AS bound, {column.field} FROM {column.table}"
                f" WHERE {column.field} IS NOT NULL ORDER BY {column.key}"
            )
            rows = [(bound, bytes(sealed)) for bound, sealed in cursor.fetchall()]
            plain = vault.unseal_many(
                column.table, column.field, [bound for bound, _ in rows], [sealed for _, sealed in rows]
            )
            for (bound, sealed), text in zip(rows, plain, strict=True):
                yield column.name, bound, sealed, text

"""Sealing values anew with the active key, some at a time, while everybody works on.

Rows are taken in the order of their ids and locked as they are; one that somebody else holds is passed over and comes
with the next pass, so that nobody is waited for and nothing is written over. A value is done when it begins with the
active key's header: whatever a killed worker had done is told from what is left by the values themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
from django.db import connection

from backend.vault import services as vault
from backend.vault.columns import SealedColumn

VAULT_KEYS_OWN = ("vault_key", "wrapped")


@dataclass(frozen=True, slots=True)
class Batch:
    """How many values were sealed anew, and the last row's id; ``None``: the column has no more behind it."""

    moved: int
    last: int | None


def count(columns: Sequence[SealedColumn]) -> int:
    """How many sealed values there are."""
    parts = " UNION ALL ".join(
        f"SELECT count(*) AS n FROM {one.table} WHERE {one.field} IS NOT NULL" for one in columns
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT sum(n)::bigint FROM ({parts}) AS columns")
        return int(cursor.fetchone()[0])


def reseal(column: SealedColumn, after: int) -> Batch:
    """Seal the next values of a column anew that are of another key, in the caller's transaction.

    Args:
        column: the column.
        after: the id behind which to go on.

    Raises:
        backend.vault.errors.Unsealable: a value does not open; nothing of the batch is written.
    """
    sealer = vault.Sealer(column.table, column.field)
    table, field, key = column.table, column.field, column.key
    connection.ensure_connection()
    # Past the ORM, which writes bytes as hexadecimal text.
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(
            f"SELECT {key}, {column.row} AS bound, {field} FROM {table} WHERE {key} > %s"
            f" AND octet_length({field}) > 0 AND substring({field} FROM 1 FOR %s) <> %b"
            f" ORDER BY {key} LIMIT %s FOR NO KEY UPDATE SKIP LOCKED",
            [after, len(sealer.header), sealer.header, column.at_once],
            binary=True,
        )
        rows = cursor.fetchall()
        if not rows:
            return Batch(0, None)
        bound = [row for _id, row, _sealed in rows]
        opened = vault.unseal_many(table, field, bound, [sealed for _id, _row, sealed in rows])
        cursor.execute(
            f"UPDATE {table} SET {field} = given.sealed FROM unnest(%s::bigint[], %b::bytea[]) AS given (id, sealed)"
            f" WHERE {table}.{key} = given.id",
            [[id for id, _row, _sealed in rows], sealer(bound, opened)],
        )
    return Batch(len(rows), rows[-1][0])


def still_refer(headers: Sequence[bytes]) -> list[str]:
    """The columns of the whole database in which a value begins with one of the headers, declared or not."""
    if not headers:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns JOIN information_schema.tables"
            " USING (table_schema, table_name) WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
            " AND data_type = 'bytea' ORDER BY 1, 2"
        )
        columns = [one for one in cursor.fetchall() if one != VAULT_KEYS_OWN]
        found = []
        for table, column in columns:
            cursor.execute(
                f'SELECT EXISTS (SELECT FROM "{table}" WHERE substring("{column}" FROM 1 FOR %s) = ANY(%s::bytea[]))',
                [len(headers[0]), list(headers)],
            )
            if cursor.fetchone()[0]:
                found.append(f"{table}.{column}")
    return found


def header(suite_version: int, key_id: int) -> bytes:
    """What values of a key begin with."""
    return vault.HEADER.pack(suite_version, key_id)

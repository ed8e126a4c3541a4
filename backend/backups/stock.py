"""What a database holds, in figures that two databases can be compared by.

For each table the number of rows and a digest that does not depend on their order: each row's text is hashed twice with
different seeds, and the hashes are added up. It finds what was lost, doubled, altered or put into another row; it is no
seal against somebody who may write, for that person could write the manifest too.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

# A row's text depends on them, and a login may have settings of its own.
SPELLING = (
    "SET LOCAL timezone = 'UTC'",
    "SET LOCAL datestyle = 'ISO'",
    "SET LOCAL intervalstyle = 'iso_8601'",
    "SET LOCAL bytea_output = 'hex'",
    "SET LOCAL extra_float_digits = 1",
    "SET LOCAL search_path = public",
    "SET LOCAL statement_timeout = 0",
)
COLUMNS = """
SELECT c.relname, array_agg(a.attname::text ORDER BY a.attname)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
-- What is unlogged is empty after a recovery by its nature.
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relpersistence = 'p'
GROUP BY 1 ORDER BY 1
"""
SEQUENCES = (
    "SELECT sequencename::text, coalesce(last_value, 0) FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1"
)


@dataclass(frozen=True)
class Table:
    """One table: how many rows, their digest, and the columns that it is over."""

    rows: int
    digest: str
    columns: list[str]


@dataclass(frozen=True)
class Stock:
    """What one database holds at one moment.

    Attributes:
        tables: by name, every table that outlives a crash.
        sequences: the last number given out; after a recovery it may be higher, never lower.
        migrations: the names applied, by app.
        snapshots: number and digest of the last published snapshot.
        audit: the last entry's id and the digest of that one row.
        keys: the vault's keys, by id: what for, and the master key that must be at hand to open them. Never a secret.
    """

    tables: dict[str, Table]
    sequences: dict[str, int] = field(default_factory=dict)
    migrations: dict[str, list[str]] = field(default_factory=dict)
    snapshots: dict[str, Any] = field(default_factory=dict)
    audit: dict[str, Any] = field(default_factory=dict)
    keys: list[dict[str, Any]] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """Rows of all tables together."""
        return sum(table.rows for table in self.tables.values())

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def read(content: dict[str, Any]) -> Stock:
    """The stock as a manifest holds it."""
    tables = {name: Table(**table) for name, table in content["tables"].items()}
    return Stock(**{**content, "tables": tables})


def given_out(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """The last number that each sequence has given out, whatever the transaction's snapshot."""
    return dict(connection.execute(SEQUENCES).fetchall())


def take(
    connection: psycopg.Connection[Any], *, sequences: dict[str, int] | None = None, like: Stock | None = None
) -> Stock:
    """Take stock inside the caller's transaction, which should read one snapshot throughout.

    Args:
        connection: of a login that sees every row.
        sequences: what the sequences had given out at that moment, where the snapshot is older than now.
        like: take it over the tables and columns of another stock, as far as there are any; what a later release has
            added is left out.
    """
    for setting in SPELLING:
        connection.execute(setting)
    there: dict[str, list[str]] = dict(connection.execute(COLUMNS).fetchall())
    if like is not None:
        there = {
            name: [column for column in table.columns if column in there[name]]
            for name, table in like.tables.items()
            if name in there
        }
    tables = {name: _count(connection, name, columns) for name, columns in there.items()}
    migrations: dict[str, list[str]] = {}
    if "django_migrations" in there:
        for app, name in connection.execute("SELECT app, name FROM django_migrations ORDER BY app, name"):
            migrations.setdefault(app, []).append(name)
    return Stock(
        tables=tables,
        sequences=given_out(connection) if sequences is None else sequences,
        migrations=migrations,
        snapshots=_last(connection, there, "snapshot", "number", "number, digest"),
        audit=_last(connection, there, "audit_entry", "id", "id, md5(audit_entry::text) AS digest"),
        keys=_keys(connection) if "vault_key" in there else [],
    )


def differences(noted: Stock, found: Stock) -> list[str]:
    """Every way in which what was found is not what was noted, in words; empty when they are equal."""
    told = []
    for name, table in noted.tables.items():
        other = found.tables.get(name)
        if other is None:
            told.append(f"Table {name} is missing: it held {table.rows} rows.")
        elif other.columns != table.columns:
            lost = ", ".join(sorted(set(table.columns) - set(other.columns)))
            told.append(f"Table {name} has other columns than were noted; gone: {lost or 'none'}.")
        elif other.rows != table.rows:
            told.append(f"Table {name} has {other.rows} rows instead of {table.rows}.")
        elif other.digest != table.digest:
            told.append(f"Table {name} has {table.rows} rows as noted, and at least one of them differs.")
    told += [f"Table {name} was not noted." for name in found.tables if name not in noted.tables]
    for name, value in noted.sequences.items():
        if found.sequences.get(name, -1) < value:
            told.append(f"Sequence {name} is behind: numbers up to {value} were given out.")
    for what in ("snapshots", "audit", "keys"):
        if getattr(noted, what) != getattr(found, what):
            told.append(f"{what}: {getattr(found, what)} instead of {getattr(noted, what)}.")
    return told


def _count(connection: psycopg.Connection[Any], table: str, columns: list[str]) -> Table:
    row = sql.SQL(", ").join(sql.Identifier(column) for column in columns)
    query = sql.SQL(
        "SELECT count(*), coalesce(sum(hashtextextended(line, 0)::numeric), 0),"
        " coalesce(sum(hashtextextended(line, 1)::numeric), 0)"
        " FROM (SELECT ROW({row})::text AS line FROM {table} OFFSET 0) AS lines"
    ).format(row=row, table=sql.Identifier(table))
    found = connection.execute(query).fetchone()
    assert found is not None
    return Table(found[0], f"{found[1]}/{found[2]}", columns)


def _last(
    connection: psycopg.Connection[Any], there: dict[str, list[str]], table: str, order: str, columns: str
) -> dict[str, Any]:
    if table not in there:
        return {}
    query = f"SELECT {columns} FROM {table} ORDER BY {order} DESC LIMIT 1"
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query.encode()).fetchone() or {}


def _keys(connection: psycopg.Connection[Any]) -> list[dict[str, Any]]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute("SELECT id, purpose, wrapped_by FROM vault_key ORDER BY id").fetchall()

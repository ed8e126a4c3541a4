"""Every column that the vault seals, and whether what is in it opens with the keys at hand."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import connection

from backend.vault.errors import VaultError
from backend.vault.services import HEADER, unseal

AT_ONCE = 500


@dataclass(frozen=True)
class Column:
    """A sealed column, and what its rows are bound to: their id, or an expression of SQL."""

    table: str
    name: str
    row: str = "id"


COLUMNS = (
    Column("identity_document", "sealed_number"),
    Column("record", "sealed"),
    Column("revision", "sealed"),
    Column("amendment", "sealed"),
    Column("mend", "sealed_value"),
    Column("candidate", "sealed"),
    Column("endpoint", "address"),
    Column("endpoint", "secret"),
    Column("endpoint", "previous_secret"),
    Column("sealed_chunk", "sealed", "file_id || '/' || position"),
)
NOT_THE_VAULTS = {
    ("vault_key", "wrapped"): "wrapped by a master key; opened whenever one of its values is",
    ("idempotency_key", "body"): "sealed by SECRET_KEY, kept for a day",
}
"""Other columns of bytes that hold more than a digest."""


@dataclass
class Opened:
    """How many values of a column were there and opened, by which keys, and the first trouble."""

    column: Column
    values: int = 0
    opened: int = 0
    keys: set[int] = field(default_factory=set)
    trouble: str = ""


def open_all(columns: tuple[Column, ...] = COLUMNS) -> Iterator[Opened]:
    """Open every sealed value in the database, column by column, in a transaction whose scope sees everything.

    Authenticated encryption opens to what was sealed or not at all, so what opens is what it was.
    """
    for column in columns:
        yield _open(column)


def _open(column: Column) -> Opened:
    found = Opened(column)
    query = (
        f"SELECT {column.row}, {column.name} FROM {column.table} WHERE {column.name} IS NOT NULL"
        f" AND length({column.name}) > 0"
    )
    with connection.cursor().connection.cursor(name="sealed") as cursor:
        cursor.itersize = AT_ONCE
        for row, sealed in cursor.execute(query):
            found.values += 1
            found.keys.add(HEADER.unpack_from(bytes(sealed))[1])
            try:
                unseal(column.table, column.name, row, bytes(sealed))
            except VaultError as error:
                found.trouble = found.trouble or str(error)
            else:
                found.opened += 1
    return found

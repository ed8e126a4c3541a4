"""Whether everything that was sealed opens with the keys at hand."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import connection

from backend.vault.columns import SealedColumn, sealed_columns
from backend.vault.errors import VaultError
from backend.vault.services import HEADER, unseal

AT_ONCE = 500


@dataclass
class Opened:
    """How many values of a column were there and opened, by which keys, and the first trouble."""

    column: SealedColumn
    values: int = 0
    opened: int = 0
    keys: set[int] = field(default_factory=set)
    trouble: str = ""


def open_all() -> Iterator[Opened]:
    """Open every sealed value in the database, column by column, in a transaction whose scope sees everything.

    Authenticated encryption opens to what was sealed or not at all, so what opens is what it was.
    """
    for column in sealed_columns():
        yield _open(column)


def _open(column: SealedColumn) -> Opened:
    found = Opened(column)
    query = (
        f"SELECT {column.row}, {column.field} FROM {column.table} WHERE {column.field} IS NOT NULL"
        f" AND length({column.field}) > 0"
    )
    with connection.cursor().connection.cursor(name="sealed") as cursor:
        cursor.itersize = AT_ONCE
        for row, sealed in cursor.execute(query):
            found.values += 1
            found.keys.add(HEADER.unpack_from(bytes(sealed))[1])
            try:
                unseal(column.table, column.field, row, bytes(sealed))
            except VaultError as error:
                found.trouble = found.trouble or str(error)
            else:
                found.opened += 1
    return found

"""Which columns hold sealed values. Rooms declare theirs in their ``handlers``, so that a rotation finds every one.

A column that is not declared keeps the old key for good: a key is only removed once no column of the database begins
with its header, and a test compares what is declared with every column of bytes that there is.
"""

from dataclasses import dataclass

_declared: dict[tuple[str, str], "SealedColumn"] = {}


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of sealed values.

    ``row`` is the SQL expression of what a value is bound to beside table and field, ``key`` the table's key, a whole
    number, ``at_once`` how many of them are sealed anew in one transaction.
    """

    table: str
    field: str
    row: str
    at_once: int
    key: str = "id"

    @property
    def name(self) -> str:
        return f"{self.table}.{self.field}"


def seals(table: str, *fields: str, row: str = "id::text", at_once: int = 1000, key: str = "id") -> None:
    """Declare sealed columns of a table.

    Args:
        table: the table.
        fields: its sealed columns.
        row: what the values are bound to, as an SQL expression of text.
        at_once: how many values are sealed anew in one transaction: few where they are great.
        key: the column that is the table's key.
    """
    for field in fields:
        _declared[table, field] = SealedColumn(table, field, row, at_once, key)


def sealed_columns() -> list[SealedColumn]:
    """Every declared column, in a fixed order."""
    return [column for _name, column in sorted(_declared.items())]

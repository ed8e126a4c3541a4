"""The floor of a loading run: the same final rows by binary COPY into the same tables, and nothing else.

What a run has left behind, new rows and changed ones alike, is told by the transaction that wrote it. The tables of
the floor have the same columns, indexes and durability, and keep what earlier floors wrote, so that they are as full
as the run's own were.
"""

import time
from dataclasses import dataclass
from typing import LiteralString

import psycopg
from psycopg import sql

from tests.support.databases import address, admin_url

SCHEMA = "floor"
PIECE = 1 << 20
FEW = 1_000
BEHIND = (
    "sighting",
    "person_key",
    "trait_count",
    "match_case",
    "roster",
    "roster_mark",
    "gap",
    "gap_mark",
    "gap_posting",
)
"""What is written behind a commit, after its submission is answered."""


@dataclass(frozen=True)
class Left:
    """What a run left in one table: rows in the form of binary COPY."""

    table: str
    rows: int
    data: bytes


class Floor:
    """Floors in the database that this process is connected to, as its owner."""

    def __init__(self) -> None:
        # The owner is held by the walls too; only the administrator sees every row.
        self._link = psycopg.connect(administrator(), autocommit=True)
        self._link.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(SCHEMA)))

    def close(self) -> None:
        self._link.close()

    def begin(self) -> int:
        """A mark before a run: everything written so far is on disk, and the run's rows can be told from it."""
        self._link.execute("CHECKPOINT")
        return self._one("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")

    def left_since(self, mark: int) -> list[Left]:
        """The rows that transactions from ``mark`` on have written, table by table."""
        found = []
        for table in self._tables():
            of = sql.SQL("FROM {} WHERE xmin::text::bigint >= {} ").format(sql.Identifier(table), mark)
            rows = self._one(sql.SQL("SELECT count(*) ") + of)
            if rows:
                question = sql.SQL("COPY (SELECT * {}) TO STDOUT (FORMAT binary)").format(of)
                with self._link.cursor().copy(question) as copy:
                    found.append(Left(table, rows, b"".join(bytes(piece) for piece in copy)))
        return found

    def write(self, left: list[Left]) -> float:
        """How long it takes to write these rows, from the first byte to the commit."""
        for one in left:
            self._make(one)
        self._link.execute("CHECKPOINT")
        begun = time.perf_counter()
        with self._link.transaction(), self._link.cursor() as cursor:
            for one in left:
                into = sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(sql.Identifier(SCHEMA, one.table))
                with cursor.copy(into) as copy:
                    view = memoryview(one.data)
                    for start in range(0, len(view), PIECE):
                        copy.write(view[start : start + PIECE])
        return time.perf_counter() - begun

    def _make(self, one: Left) -> None:
        place = sql.Identifier(SCHEMA, one.table)
        made = sql.SQL("CREATE TABLE IF NOT EXISTS {} (LIKE {} INCLUDING ALL)")
        self._link.execute(made.format(place, sql.Identifier(one.table)))
        if one.rows < FEW:
            # Rows that are changed again and again, a job's or a beat's, stand once in the run's own tables.
            self._link.execute(sql.SQL("TRUNCATE {}").format(place))

    def _tables(self) -> list[str]:
        found = self._link.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        return [name for (name,) in found.fetchall() if name not in BEHIND]

    def _one(self, question: LiteralString | sql.Composed) -> int:
        row = self._link.execute(question).fetchone()
        assert row is not None
        return int(row[0])


def administrator() -> str:
    return admin_url().rsplit("/", 1)[0] + "/" + address("default").rsplit("/", 1)[1]

"""Whole tables out of the database as columns of whole numbers, a million rows a second.

PostgreSQL gathers each column into one array and sends its bytes; there is nothing to be done for a single row on
either side. Days are counted from ``DAY_ZERO``, moments in microseconds, texts are told by their hash.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import Empty, Queue

import numpy as np
import polars as pl
from django.db import connection, transaction
from psycopg import Cursor, postgres
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.pq import Format

from backend.accounts.scope import everything

DAY_ZERO = dt.date(2000, 1, 1)
AT_ONCE = 1 << 19
LANES = 2
"""Over so many connections a state is read at once: of the machine's cores the database takes one for each."""

# An array without nulls: its header, then each number after its own length (src/backend/utils/adt/arrayfuncs.c).
_HEADER = 20
_ELEMENT = np.dtype([("length", ">i4"), ("number", ">i8")])


class _Numbers(Loader):
    format = Format.BINARY

    def load(self, data: Buffer) -> np.ndarray:
        return np.frombuffer(data, _ELEMENT, offset=_HEADER)["number"].astype(np.int64)


def day(column: str) -> str:
    """The expression of a day's number; a missing day is long past."""
    return f"coalesce({column} - date '{DAY_ZERO}', -10000000)"


def moment(column: str) -> str:
    """The expression of a moment's number."""
    return f"round(date_part('epoch', {column}) * 1000000)"


def text(*columns: str) -> str:
    """The expression of the number that stands for some texts."""
    return f"hashtextextended(concat_ws('|', {', '.join(columns)}), 0)"


def date(number: int | None) -> dt.date | None:
    """The day of a number."""
    return None if number is None else DAY_ZERO + dt.timedelta(number)


@dataclass(frozen=True)
class Wanted:
    """The rows of ``table`` that are ``where``.

    ``columns``: name in the frame → expression, never null, of a whole number. The table has an ``id``.
    """

    columns: Mapping[str, str]
    table: str
    where: str = "true"


@dataclass(frozen=True)
class _Piece:
    """A stretch of a table, by ids above ``after``."""

    name: str
    after: int


def take(snapshot: str | None, **wanted: Wanted) -> dict[str, pl.DataFrame]:
    """Tables, by the names that they are wanted under.

    Args:
        snapshot: the state to read, as ``books.one_moment`` names it; it is read over several connections at once.
            None: what the caller's transaction sees, over its own.
        wanted: which rows, in which form.
    """
    pieces: Queue[_Piece] = Queue()
    for piece in _pieces(wanted):
        pieces.put(piece)
    if snapshot is None:
        found = list(_work_off(pieces, wanted))
    else:
        with ThreadPoolExecutor(LANES) as lanes:
            begun = [lanes.submit(_in_a_lane, snapshot, pieces, wanted) for _lane in range(LANES)]
            found = [one for lane in begun for one in lane.result()]
    found.sort(key=lambda one: one[0].after)
    frames = {name: [pl.DataFrame(schema=dict.fromkeys(told.columns, pl.Int64))] for name, told in wanted.items()}
    for piece, frame in found:
        frames[piece.name].append(frame)
    return {name: pl.concat(parts) for name, parts in frames.items()}


def _pieces(wanted: Mapping[str, Wanted]) -> Iterator[_Piece]:
    """The stretches of all tables, those with most to be read first."""
    with connection.cursor() as cursor:
        for name, told in sorted(wanted.items(), key=lambda one: -len(one[1].columns)):
            cursor.execute(f"SELECT coalesce(max(id), 0) FROM {told.table}")
            [(last,)] = cursor.fetchall()
            yield from (_Piece(name, start) for start in range(0, last, AT_ONCE))


def _in_a_lane(
    snapshot: str, pieces: "Queue[_Piece]", wanted: Mapping[str, Wanted]
) -> list[tuple[_Piece, pl.DataFrame]]:
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                cursor.execute(f"SET TRANSACTION SNAPSHOT '{snapshot}'")
            with everything():
                return list(_work_off(pieces, wanted))
    finally:
        connection.close()


def _work_off(pieces: "Queue[_Piece]", wanted: Mapping[str, Wanted]) -> Iterator[tuple[_Piece, pl.DataFrame]]:
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        cursor.adapters.register_loader(postgres.types["int8"].array_oid, _Numbers)
        while True:
            try:
                piece = pieces.get_nowait()
            except Empty:
                return
            told = wanted[piece.name]
            gathered = ", ".join(f"array_agg(({expression})::bigint)" for expression in told.columns.values())
            cursor.execute(
                f"SELECT {gathered} FROM {told.table} WHERE ({told.where}) AND id > %s AND id <= %s",
                [piece.after, piece.after + AT_ONCE],
                binary=True,
            )
            row = cursor.fetchone()
            if row is not None and row[0] is not None:
                yield piece, pl.DataFrame(dict(zip(told.columns, row, strict=True)))

"""Whole tables out of the database as columns of whole numbers, a million rows a second.

PostgreSQL gathers each column into one array and sends its bytes; there is nothing to be done for a single row on
either side. Days are counted from ``DAY_ZERO``, moments in microseconds, texts are told by their hash.
"""

import datetime as dt
from collections.abc import Mapping

import numpy as np
import polars as pl
from django.db import connection
from psycopg import Cursor, postgres
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.pq import Format

DAY_ZERO = dt.date(2000, 1, 1)
AT_ONCE = 1 << 20

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


def take(columns: Mapping[str, str], table: str, where: str = "true") -> pl.DataFrame:
    """The rows of ``table`` that are ``where``, in the caller's transaction and scope.

    Args:
        columns: name in the frame → expression, never null, of a whole number.
        table: a table with an ``id``.
        where: a condition.
    """
    gathered = ", ".join(f"array_agg(({expression})::bigint)" for expression in columns.values())
    frames = [pl.DataFrame(schema=dict.fromkeys(columns, pl.Int64))]
    connection.ensure_connection()
    with Cursor(connection.connection) as cursor:
        cursor.adapters.register_loader(postgres.types["int8"].array_oid, _Numbers)
        [(last,)] = cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchall()
        for start in range(0, last, AT_ONCE):
            cursor.execute(
                f"SELECT {gathered} FROM {table} WHERE ({where}) AND id > %s AND id <= %s",
                [start, start + AT_ONCE],
                binary=True,
            )
            row = cursor.fetchone()
            if row is not None and row[0] is not None:
                frames.append(pl.DataFrame(dict(zip(columns, row, strict=True))))
    return pl.concat(frames)

"""Loading frames straight into their tables by COPY.

COPY FROM is refused under row-level security, so the loading step takes a role that passes it by and may add rows to
the tables named in the grants and nothing else. Polars renders a frame as CSV faster than a driver packs tuples, so
the frames travel as CSV, with bytes in hexadecimal and ``\\N`` for null.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import polars as pl
from django.db import connection
from psycopg import Cursor, sql

NULL = "\\N"
PIECE = 1 << 20


@contextmanager
def as_loader() -> Iterator[None]:
    """Acts as the loader until the block ends; only inside a transaction, whose end takes the role back in any case."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE shugu_loader")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


def reserve_ids(table: str, count: int) -> list[int]:
    """``count`` new ids of ``table``, in ascending order."""
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT min(id), max(id), CASE WHEN max(id) - min(id) >= %(count)s THEN array_agg(id) END
            FROM (
                SELECT nextval(pg_get_serial_sequence(%(table)s, 'id')) AS id FROM generate_series(1, %(count)s)
            ) AS taken
            """,
            {"table": table, "count": count},
        )
        first, last, scattered = cursor.fetchone()
    # Nearly always nobody else took an id in between, and the two ends say it all.
    return sorted(scattered) if scattered else list(range(first, last + 1))


def ask(statement: str, *values: object) -> list[tuple]:
    """The rows of a question that carries long lists: sent in binary, apart from the statement.

    Django's own cursor writes values into the statement's text, which for a hundred thousand blind indexes takes
    longer than to look them up.
    """
    connection.ensure_connection()
    with Cursor(connection.connection) as cursor:
        cursor.execute(statement, values, binary=True)
        return cursor.fetchall()


def copy_frame(table: str, frame: pl.DataFrame) -> int:
    """Adds the frame's rows to ``table``; the frame's columns are named like the table's.

    Returns:
        The number of rows added.
    """
    if frame.is_empty():
        return 0
    binary = [name for name, dtype in frame.schema.items() if dtype == pl.Binary]
    rendered = BytesIO()
    # Every string is quoted, so that a text that looks like the null mark stays a text.
    frame.with_columns((pl.lit("\\x") + pl.col(name).bin.encode("hex")).alias(name) for name in binary).write_csv(
        rendered, include_header=False, null_value=NULL, quote_style="non_numeric"
    )
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv, NULL {})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(sql.Identifier(name) for name in frame.columns),
        sql.Literal(NULL),
    )
    connection.ensure_connection()
    with connection.connection.cursor() as cursor, cursor.copy(statement) as copy:
        view = rendered.getbuffer()
        for start in range(0, len(view), PIECE):
            copy.write(view[start : start + PIECE])
    return frame.height

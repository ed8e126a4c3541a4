"""Loading frames straight into their tables by COPY.

COPY FROM is refused under row-level security, so the loading step takes a role that passes it by and may add rows to
the tables named in the grants and nothing else. Polars renders a frame as CSV faster than a driver packs tuples, so
the frames travel as CSV, with bytes in hexadecimal and ``\\N`` for null.
"""

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import polars as pl
import psycopg
from django.db import connection
from psycopg import sql

from programs.intake.asking import link

NULL = "\\N"
PIECE = 1 << 20
AHEAD = 2
"""How many rendered frames may wait for the database."""

Rendered = tuple[sql.Composed, memoryview]


class Loader:
    """Adds frames to their tables, one after the other, in a thread beside its user.

    The next frame is made while the database still takes in the last one. Until ``close`` the connection is the
    thread's alone.
    """

    def __init__(self, link: psycopg.Connection) -> None:
        self._link = link
        self._frames: queue.Queue[Rendered | None] = queue.Queue(AHEAD)
        self._error: BaseException | None = None
        self._given_up = False
        self._thread = threading.Thread(target=self._work, name="loader", daemon=True)
        self._thread.start()

    def copy(self, table: str, frame: pl.DataFrame) -> None:
        """Adds the frame's rows to ``table``; the frame's columns are named like the table's.

        Raises:
            psycopg.Error: the database refused this frame, or one before it.
        """
        self._look()
        if not frame.is_empty():
            self._frames.put(_rendered(table, frame))

    def close(self, *, finish: bool) -> None:
        """Ends the thread, once everything is sent; unless ``finish``, after the frame it is at."""
        self._given_up = not finish
        self._frames.put(None)
        self._thread.join()
        if finish:
            self._look()

    def _look(self) -> None:
        if self._error is not None:
            raise self._error

    def _work(self) -> None:
        while (rendered := self._frames.get()) is not None:
            # Whoever renders must never wait for a thread that has ended: what comes after an error is passed over.
            if self._error is None and not self._given_up:
                try:
                    _send(self._link, rendered)
                except BaseException as error:  # noqa: BLE001 - raised where the frames come from
                    self._error = error


@contextmanager
def as_loader() -> Iterator[Loader]:
    """Acts as the loader until the block ends; only inside a transaction, whose end takes the role back in any case.

    Nothing else may be asked of the connection within the block.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE shugu_loader")
    with connection.wrap_database_errors:
        loader = Loader(link())
        try:
            yield loader
        except BaseException:
            loader.close(finish=False)
            raise
        loader.close(finish=True)
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


def reserve_ids(table: str, count: int) -> pl.Series:
    """``count`` new ids of ``table``, in ascending order."""
    if not count:
        return pl.Series([], dtype=pl.Int64)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT min(id), max(id), CASE WHEN max(id) - min(id) >= %(count)s THEN array_agg(id) END
            FROM (
                SELECT nextval((SELECT pg_get_serial_sequence(%(table)s, 'id')::regclass)) AS id
                FROM generate_series(1, %(count)s)
            ) AS taken
            """,
            {"table": table, "count": count},
        )
        first, last, scattered = cursor.fetchone()
    # Nearly always nobody else took an id in between, and the two ends say it all.
    if scattered:
        return pl.Series(scattered, dtype=pl.Int64).sort()
    return pl.int_range(first, last + 1, dtype=pl.Int64, eager=True)


def copy_frame(table: str, frame: pl.DataFrame) -> None:
    """Adds the frame's rows to ``table``, in the role at hand; the frame's columns are named like the table's."""
    if not frame.is_empty():
        with connection.wrap_database_errors:
            _send(link(), _rendered(table, frame))


def _rendered(table: str, frame: pl.DataFrame) -> Rendered:
    binary = [name for name, dtype in frame.schema.items() if dtype == pl.Binary]
    text = BytesIO()
    # Every string is quoted, so that a text that looks like the null mark stays a text.
    frame.with_columns((pl.lit("\\x") + pl.col(name).bin.encode("hex")).alias(name) for name in binary).write_csv(
        text, include_header=False, null_value=NULL, quote_style="non_numeric"
    )
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv, NULL {})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(sql.Identifier(name) for name in frame.columns),
        sql.Literal(NULL),
    )
    return statement, text.getbuffer()


def _send(link: psycopg.Connection, rendered: Rendered) -> None:
    statement, text = rendered
    with link.cursor() as cursor, cursor.copy(statement) as copy:
        for start in range(0, len(text), PIECE):
            copy.write(text[start : start + PIECE])

"""Questions to the database that carry long lists.

A list goes as one array in PostgreSQL's own binary form, laid out by whole columns: a driver that is given a hundred
thousand values looks at each of them, and Django's cursor writes them into the statement's text.
"""

import numpy as np
import polars as pl
import psycopg
from django.db import connection
from psycopg.adapt import Dumper
from psycopg.pq import Format

_HEAD = np.dtype(">i4")
_BYTEA, _INT8, _TEXT = 17, 20, 25
"""What PostgreSQL calls these types."""


class Array:
    """A column without nulls (text, bytes or whole numbers) as an array of text, bytea or bigint."""

    def __init__(self, values: pl.Series) -> None:
        kind, body, lengths = _flat(values)
        head = [1, 0, kind, len(values), 1] if len(values) else [0, 0, kind]
        self.data = np.array(head, dtype=_HEAD).tobytes() + _with_lengths(body, lengths).tobytes()


class _ArrayDumper(Dumper):
    """Hands an array over as it is; what it is an array of is said in it, and by the cast in the statement."""

    format = Format.BINARY

    def dump(self, obj: Array) -> bytes:
        return obj.data


def ask(statement: str, *values: object) -> list[tuple]:
    """The rows of a question, sent in binary and apart from the statement, in which ``%b`` stands for a value."""
    with connection.wrap_database_errors, psycopg.Cursor(link()) as cursor:
        cursor.adapters.register_dumper(Array, _ArrayDumper)
        cursor.execute(statement, values, binary=True)
        return cursor.fetchall()


def link() -> psycopg.Connection:
    """The driver's connection beneath Django's."""
    connection.ensure_connection()
    found: psycopg.Connection = connection.connection
    return found


def _flat(values: pl.Series) -> tuple[int, np.ndarray, np.ndarray]:
    """The element's type, all elements' bytes one after the other, and the length of each."""
    if values.dtype == pl.String:
        joined = (values.str.join("").item() or "").encode()
        return _TEXT, np.frombuffer(joined, dtype=np.uint8), values.str.len_bytes().to_numpy()
    if values.dtype == pl.Binary:
        joined = bytes.fromhex(values.bin.encode("hex").str.join("").item() or "")
        return _BYTEA, np.frombuffer(joined, dtype=np.uint8), values.bin.size().to_numpy()
    numbers = values.cast(pl.Int64).to_numpy().astype(">i8")
    return _INT8, numbers.view(np.uint8), np.full(len(numbers), 8, dtype=np.int64)


def _with_lengths(body: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Each element behind its length."""
    count, head = len(lengths), _HEAD.itemsize
    lengths = lengths.astype(np.int64)
    heads = lengths.astype(_HEAD).view(np.uint8).reshape(count, head)
    if count and lengths.min() == lengths.max():
        return np.hstack([heads, body.reshape(count, -1)]).reshape(-1)
    before = head * np.arange(1, count + 1)
    starts = np.cumsum(lengths) - lengths + before
    laid = np.empty(len(body) + head * count, dtype=np.uint8)
    laid[np.arange(len(body)) + np.repeat(before, lengths)] = body
    laid[(starts - head)[:, None] + np.arange(head)] = heads
    return laid

"""Reading many rows as columns, without a Python object for each value."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any, LiteralString

import polars as pl
from django.db import connection

_NULL = "\x1f"
"""What stands for nothing. The reader does not tell a text that is just this separator from it; nothing holds one."""


def read_columns(
    statement: LiteralString, values: Mapping[str, Any], schema: Mapping[str, type[pl.DataType]]
) -> pl.DataFrame:
    """What a statement finds, in the caller's transaction and scope.

    Args:
        statement: a SELECT, its columns in the order of ``schema``.
        values: its parameters.
        schema: of whole numbers, texts, days and truths; each may be null.
    """
    whole = BytesIO()
    copying = f"COPY ({statement}) TO STDOUT (FORMAT csv, NULL '{_NULL}')"
    with connection.cursor() as cursor, cursor.copy(copying, values) as found:
        for piece in found:
            whole.write(piece)
    # The database writes a truth as t or f.
    raw = {name: pl.String if kind == pl.Boolean else kind for name, kind in schema.items()}
    if not whole.tell():
        return pl.DataFrame(schema=dict(schema))
    whole.seek(0)
    frame = pl.read_csv(
        whole,
        has_header=False,
        new_columns=list(raw),
        schema_overrides=raw,
        null_values=_NULL,
        empty_string_is_null=False,
    )
    return frame.with_columns(pl.col(name) == "t" for name, kind in schema.items() if kind == pl.Boolean)

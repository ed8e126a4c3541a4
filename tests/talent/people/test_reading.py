"""Rows read as columns say what the same rows say one by one."""

import datetime as dt

import polars as pl
import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from talent.people.reading import read_columns

SCHEMA = {"number": pl.Int64, "text": pl.String, "day": pl.Date, "truth": pl.Boolean}
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\x1f"), max_size=12)
ROWS = st.lists(
    st.tuples(
        st.none() | st.integers(-(2**63), 2**63 - 1),
        st.none() | TEXTS | st.sampled_from(["", "\\N", '"', "a,b", "1", "t", " x ", "第一\r\n第二"]),
        st.none() | st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)),
        st.none() | st.booleans(),
    ),
    max_size=6,
)


@pytest.mark.django_db
@given(rows=ROWS)
def test_nothing_is_lost_on_the_way(rows: list[tuple]) -> None:
    columns = [list(column) for column in zip(*rows, strict=True)] or [[], [], [], []]
    given = dict(zip(SCHEMA, columns, strict=True))
    statement = (
        "SELECT * FROM unnest(%(number)s::bigint[], %(text)s::text[], %(day)s::date[], %(truth)s::boolean[])"
        " AS given (number, text, day, truth)"
    )
    with transaction.atomic():
        found = read_columns(statement, given, SCHEMA)
        with connection.cursor() as cursor:
            cursor.execute(statement, given)
            assert found.rows() == cursor.fetchall()
    assert dict(found.schema) == SCHEMA

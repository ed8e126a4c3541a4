"""Nothing that is held on persons is forgotten: every column that leads to one is declared, every text has its fate."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import connection, models

from talent.holdings.registry import Fate, everything

ROOTS = {"person", "record", "candidate"}
"""The tables whose rows are a human being, or what is reported of one."""

LEADING = {"person_id", "record_id", "candidate_id", "canonical_id", "head_id"}
"""Columns that lead to one without a constraint that would say so."""

NOT_OF_ONE = {
    "trait_count": "counts by blind key, of nobody",
}


def referring() -> Iterator[tuple[str, str]]:
    """Table and column of everything that refers to a root, or to a declared table whose rows are one person's."""
    declared = everything()
    for model in apps.get_models():
        for field in model._meta.local_fields:
            to = field.remote_field.model._meta.db_table if isinstance(field, models.ForeignKey) else ""
            single = to in declared and to not in ("person_merge",)
            if field.column and (field.column in LEADING or to in ROOTS or single):
                yield model._meta.db_table, field.column


def test_every_table_that_refers_to_persons_is_declared() -> None:
    declared = everything()
    missing = sorted(
        f"{table}.{column}" for table, column in referring() if table not in declared and table not in NOT_OF_ONE
    )
    assert missing == [], "declare these in the room's holdings.py"


def test_every_column_that_leads_to_a_person_is_named() -> None:
    declared = everything()
    forgotten = [
        f"{table}.{column}"
        for table, column in referring()
        if table in declared
        and table not in ROOTS
        and column in LEADING
        and column not in declared[table].by
        and column not in declared[table].through
    ]
    assert forgotten == []


@pytest.mark.django_db
def test_every_text_of_a_declared_table_has_a_fate() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND data_type IN ('text', 'character varying', 'jsonb', 'bytea', 'ARRAY', 'tsvector')"
        )
        columns = cursor.fetchall()
    declared = everything()
    forgotten = sorted(
        f"{table}.{column}"
        for table, column in columns
        if table in declared
        and declared[table].fate != Fate.ERASED
        and column not in declared[table].strips
        and column not in declared[table].keeps
    )
    assert forgotten == [], "say in holdings.py whether these are stripped or kept"


@pytest.mark.django_db
def test_declarations_name_columns_that_there_are() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'")
        there = set(cursor.fetchall())
    named = {
        (one.table, column)
        for one in everything().values()
        for column in (*one.by, *one.through, *one.tells, *one.strips, *one.keeps)
    }
    assert named <= there

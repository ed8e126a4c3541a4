"""Two databases that differ in anything have different stocks."""

from collections.abc import Callable
from typing import LiteralString

import psycopg
import pytest
from psycopg.rows import tuple_row

from backend.backups import stock
from tests.support.databases import address

SETUP: tuple[LiteralString, ...] = (
    "CREATE TABLE public.held (id int, name text, note text, seen timestamptz)",
    "INSERT INTO held SELECT n, 'name ' || n, NULL, '2026-03-31 17:45:00+08' FROM generate_series(1, 20) n",
)
CHANGES: dict[str, LiteralString] = {
    "a value is altered": "UPDATE held SET name = 'name 2!' WHERE id = 2",
    "two rows have each other's value": "UPDATE held SET name = 'name ' || 5 - id WHERE id IN (2, 3)",
    "a row is doubled and another is gone": "UPDATE held SET id = 3, name = 'name 3' WHERE id = 2",
    "nothing has become an empty text": "UPDATE held SET note = '' WHERE id = 2",
    "a value has moved to the next column": "UPDATE held SET note = name, name = NULL WHERE id = 2",
}


@pytest.fixture
def noted(fresh_database: str) -> Callable[[LiteralString], list[str]]:
    """What is told of a database after a change to it, which is then taken back."""

    def told(change: LiteralString) -> list[str]:
        with psycopg.connect(address("owner"), row_factory=tuple_row) as owner:
            for statement in SETUP:
                owner.execute(statement)
            before = stock.take(owner)
            owner.execute(change)
            found = stock.differences(before, stock.take(owner))
            owner.rollback()
        return found

    return told


def test_what_differs_is_told_by_its_table(noted: Callable[[LiteralString], list[str]]) -> None:
    for name, change in CHANGES.items():
        assert noted(change) == ["Table held has 20 rows as noted, and at least one of them differs."], name
    assert noted("DELETE FROM held WHERE id = 2") == ["Table held has 19 rows instead of 20."]
    assert noted("DROP TABLE held") == ["Table held is missing: it held 20 rows."]
    assert noted("ALTER TABLE held DROP note") == ["Table held has other columns than were noted; gone: note."]
    assert noted("CREATE TABLE public.new (id int)") == ["Table new was not noted."]
    (behind,) = noted("SELECT setval('person_id_seq', 1)")
    assert behind.startswith("Sequence person_id_seq is behind: numbers up to ")


def test_how_rows_lie_and_how_a_login_spells_things_makes_no_difference(
    noted: Callable[[LiteralString], list[str]],
) -> None:
    assert (
        noted(
            "CREATE TABLE turned AS SELECT * FROM held ORDER BY id DESC; DELETE FROM held;"
            " INSERT INTO held SELECT * FROM turned; DROP TABLE turned"
        )
        == []
    )
    assert noted("SET timezone = 'Asia/Shanghai'; SET datestyle = 'German'; SET bytea_output = 'escape'") == []
    assert noted("SELECT nextval('person_id_seq')") == []

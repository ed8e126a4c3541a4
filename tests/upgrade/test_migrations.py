"""No migration stops the house or breaks the release before it, unless it says why it must."""

import threading
import time

import psycopg
import pytest
from django.db import OperationalError, connections, migrations
from django.db.migrations import Migration, RunPython

from backend.management.patience import patiently
from tests.support.databases import address
from tests.upgrade import linting

CASES = {
    "adding-required-field": "ALTER TABLE record ADD grade text NOT NULL;",
    "adding-field-with-default": "ALTER TABLE record ADD drawn double precision NOT NULL DEFAULT random();",
    "require-concurrent-index-creation": "CREATE INDEX record_grade ON record (remarks);",
    "require-concurrent-index-deletion": "DROP INDEX record_grade;",
    "renaming-column": "ALTER TABLE record RENAME remarks TO notes;",
    "renaming-table": "ALTER TABLE record RENAME TO report;",
    "ban-drop-column": "ALTER TABLE record DROP remarks;",
    "ban-drop-table": "DROP TABLE record;",
    "ban-drop-default": "ALTER TABLE record ALTER remarks DROP DEFAULT;",
    "changing-column-type": "ALTER TABLE record ALTER remarks TYPE varchar(9);",
    "constraint-missing-not-valid": "ALTER TABLE record ADD CONSTRAINT shown CHECK (remarks <> '');",
    "adding-foreign-key-constraint": "ALTER TABLE record ADD CONSTRAINT of FOREIGN KEY (person_id) REFERENCES person;",
    "disallowed-unique-constraint": "ALTER TABLE record ADD CONSTRAINT once UNIQUE (remarks);",
    "adding-not-nullable-field": "ALTER TABLE record ALTER remarks SET NOT NULL;",
}
HARMLESS = (
    "ALTER TABLE record ADD grade text;",
    "ALTER TABLE record ADD grade text NOT NULL DEFAULT '';",
    "CREATE TABLE grade (id bigint PRIMARY KEY, name text NOT NULL); CREATE INDEX grade_name ON grade (name);",
    "ALTER TABLE record ADD CONSTRAINT shown CHECK (remarks <> '') NOT VALID;",
    "CREATE POLICY seen ON record USING (true);",
)


class Waived(Migration):
    waivers = {"ban-drop-column": "Release 0.0.9 stopped reading it, and nothing has written it since."}
    operations = [migrations.RunSQL("SELECT 1")]


class Unreasoned(Migration):
    waivers = {"ban-drop-column": "needed"}


class InCode(Migration):
    operations = [RunPython(RunPython.noop)]


@pytest.mark.django_db
def test_a_new_migration_gives_a_reason_for_what_others_have_to_wait_for() -> None:
    told = {}
    for name, migration in linting.migrations().items():
        if name not in linting.grandfathered():
            told[name] = linting.unexcused(migration, linting.findings(migration, linting.sql_of(name)))
    assert {name: lines for name, lines in told.items() if lines} == {}


def test_the_list_of_those_from_before_names_migrations_that_are_there() -> None:
    assert linting.grandfathered() - linting.migrations().keys() == set()


def test_what_would_stop_the_house_is_found_and_what_would_not_is_left_alone() -> None:
    for rule, statement in CASES.items():
        assert rule in {one.rule for one in linting.look(statement)}, rule
    for statement in HARMLESS:
        assert linting.look(statement) == [], statement


def test_a_reason_counts_for_its_own_rule_alone() -> None:
    dropping = linting.look(CASES["ban-drop-column"])
    assert linting.unexcused(Waived("x", "programs"), dropping) == []
    assert linting.unexcused(Migration("x", "programs"), dropping) != []
    assert linting.unexcused(Unreasoned("x", "programs"), dropping) != []
    assert linting.unexcused(Waived("x", "programs"), []) == [
        "ban-drop-column: waived, and it does nothing of the kind."
    ]
    assert [one.rule for one in linting.findings(InCode("x", "programs"), "")] == [linting.IN_CODE]


@pytest.mark.django_db
def test_the_statements_of_a_migration_are_read_without_carrying_it_out() -> None:
    assert "CREATE TABLE" in linting.sql_of("programs.0001_tables")
    assert {one.rule for one in linting.look(linting.sql_of("programs.0040_saved_views"))} == {"ban-drop-table"}


@pytest.mark.usefixtures("fresh_database")
def test_a_change_lets_others_pass_while_it_waits_for_a_table() -> None:
    """Somebody reads a table for long, and lets go only when others have read it too: they stand behind the change."""
    owner = connections["owner"]
    reading = psycopg.connect(address("owner"))
    reading.execute("LOCK TABLE person IN ACCESS SHARE MODE")
    passed = []

    def change() -> None:
        with owner.cursor() as cursor:
            cursor.execute("ALTER TABLE person ADD later text")

    def others() -> None:
        with psycopg.connect(address("owner"), autocommit=True) as another:
            for _ in range(40):
                passed.append(another.execute("SELECT count(*) FROM person").fetchone())
                time.sleep(0.02)
        reading.rollback()

    aside = threading.Thread(target=others)
    aside.start()
    patiently(owner, change, lock_seconds=0.1, pause_seconds=0.1)
    aside.join()
    reading.close()
    assert len(passed) == 40
    with owner.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)
        cursor.execute("SELECT later FROM person")


@pytest.mark.usefixtures("fresh_database")
def test_a_lock_that_is_never_given_is_told() -> None:
    owner = connections["owner"]
    with psycopg.connect(address("owner")) as reading:
        reading.execute("LOCK TABLE person IN ACCESS SHARE MODE")

        def change() -> None:
            with owner.cursor() as cursor:
                cursor.execute("ALTER TABLE person ADD later text")

        with pytest.raises(OperationalError, match="lock timeout"):
            patiently(owner, change, lock_seconds=0.05, pause_seconds=0.01, tries=3)

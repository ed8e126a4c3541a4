"""The tests' own databases: equal to each other, apart from each other, and not left behind."""

import psycopg
from django.db import connection

from backend.accounts.models import Organisation
from tests.factories import OrganisationFactory
from tests.support.databases import PREFIX, Databases, admin_url, schema_state


def names() -> set[str]:
    with psycopg.connect(admin_url(), autocommit=True) as admin:
        found = admin.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
        return {name for (name,) in found}


def test_a_fresh_database_is_where_commits_go(fresh_database: str) -> None:
    assert connection.settings_dict["NAME"] == fresh_database
    OrganisationFactory(code="committed")
    with psycopg.connect(admin_url(), dbname=fresh_database) as beside:
        found = beside.execute("SELECT count(*) FROM organisation WHERE code = 'committed'").fetchone()
    assert found == (1,)


def test_and_nowhere_else(db: None) -> None:
    assert not Organisation.objects.filter(code="committed").exists()


def test_rows_of_two_tables_do_not_share_an_id(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT last_value) FROM pg_sequences")
        every, apart = cursor.fetchone()
    assert every == apart > 20


def test_the_template_is_known_by_what_made_it(databases: Databases) -> None:
    assert schema_state() == schema_state()
    assert databases.template in names()
    assert databases.template.startswith(f"{PREFIX}template_")


def test_what_a_killed_session_left_is_dropped_and_what_is_in_use_stays(fresh_database: str) -> None:
    killed = Databases()
    killed.prepare()
    left = killed.clone()
    assert left in names()
    # The session's end lets go of its locks, as a kill would, and drops nothing.
    killed._admin.close()
    later = Databases()
    later.prepare()
    assert left not in names()
    assert fresh_database in names()
    later.close()

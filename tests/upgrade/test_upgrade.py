"""The data of every earlier release comes through this one's migrations whole, and what they took from it is named.

To keep a release's data for the next ones: `make release-data`.
"""

import base64
import os
import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connections
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from backend.accounts.models import User
from backend.accounts.scope import everything
from backend.backups import stock
from backend.backups.stock import Stock
from backend.embedded.roles import create_database
from backend.vault import keys
from backend.vault import services as vault
from tests.support.databases import PREFIX, Databases, admin_url
from tests.upgrade.releases import Release, releases

NEWER_KEY = "k9:" + base64.b64encode(bytes(range(32))).decode()
CHANGED = {
    "django_migrations": "each migration writes its line",
    "django_content_type": "each new model gets its line",
    "auth_permission": "each new model gets its lines",
    "access_token": "those of staff end, because they were made without a second factor",
}
"""Tables whose rows may be others after the upgrade, and why."""
MOVED = {"saved_view": "list_view"}
"""Tables that a migration has carried over into others, from before the release before was heeded."""
READ = ("/", "/submissions/", "/people/", "/records/", "/targets/", "/snapshots/", "/reminders/")


@pytest.fixture(scope="module", params=releases(), ids=lambda release: release.name)
def upgraded(
    request: pytest.FixtureRequest, databases: Databases, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[tuple[Release, Stock]]:
    """A release's database brought to this one by the commands of an update, and its stock over what it held before."""
    release: Release = request.param
    name = f"{PREFIX}{os.getpid()}_upgrade_{os.urandom(3).hex()}"
    with psycopg.connect(admin_url(), autocommit=True) as admin:
        admin.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
        create_database(admin, name)
        release.load(name)
        with django_db_blocker.unblock(), databases.using(name):
            call_command("setup_database", verbosity=0)
            found = _all_rows(name, release.stock)
            call_command("load_reference", verbosity=0)
            yield release, found
            connections.close_all()
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def _all_rows(name: str, like: Stock) -> Stock:
    with psycopg.connect(admin_url(), dbname=name) as whole:
        return stock.take(whole, like=like)


@pytest.fixture
def rotated(upgraded: tuple[Release, Stock], settings: Any) -> Iterator[None]:
    """The keys of the release, behind a newer master key."""
    settings.FIELD_KEYS = f"{NEWER_KEY},{upgraded[0].field_keys}"
    keys.forget()
    yield
    keys.forget()


def test_counts_and_digests_are_those_of_before(upgraded: tuple[Release, Stock]) -> None:
    release, found = upgraded
    noted = release.stock
    kept = {name: table for name, table in noted.tables.items() if name not in CHANGED and name not in MOVED}
    differing = {
        name: (table.rows, found.tables[name].rows) if name in found.tables else "gone"
        for name, table in kept.items()
        if found.tables.get(name) != table
    }
    assert differing == {}
    assert (found.audit, found.snapshots) == (noted.audit, noted.snapshots)
    assert found.keys == noted.keys
    gone = {name for name in noted.sequences if name.removesuffix("_id_seq") in MOVED}
    assert all(found.sequences[name] >= value for name, value in noted.sequences.items() if name not in gone)
    with everything(), connections["default"].cursor() as cursor:
        for name, to in MOVED.items():
            cursor.execute(f"SELECT count(*) FROM {to}")
            assert cursor.fetchone()[0] >= noted.tables[name].rows


@pytest.mark.usefixtures("rotated")
def test_what_an_older_key_sealed_opens_and_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE vault_key SET active = false WHERE purpose = 'seal' RETURNING id")
        older = [row[0] for row in cursor.fetchall()]
    keys.forget()
    # What is sealed from now on is sealed by a new data key under the newer master key.
    sealed = vault.seal("upgrade", "value", 1, b"new")
    assert vault.unseal("upgrade", "value", 1, sealed) == b"new"
    assert int.from_bytes(sealed[1:5]) not in older
    call_command("open_seals")
    said = capsys.readouterr().out
    assert f"data keys: {', '.join(map(str, older))}" in said
    opened = [line.split() for line in said.splitlines() if "opened" in line]
    assert sum(int(line[1]) for line in opened) > 1000
    assert all(line[1] == line[3] for line in opened)
    found = re.search(r"(\d+) of (\d+) identity documents are found again", said)
    assert found
    assert int(found[1]) == int(found[2]) > 500


@pytest.mark.usefixtures("rotated")
def test_books_and_what_was_published_agree(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("recount", "--check")
    call_command("verify_snapshots")
    said = capsys.readouterr().out
    assert "Recount, ledger, standings, cube and gap agree." in said
    assert "1 snapshots are what was published" in said


@pytest.mark.usefixtures("rotated")
def test_pages_show_what_was_there(upgraded: tuple[Release, Stock]) -> None:
    with everything():
        officer = User.objects.get(username="officer")
    browser = Client()
    browser.force_login(officer)
    for page in READ:
        answer = browser.get(page)
        assert answer.status_code == 200, (page, answer.status_code)


def test_the_code_of_the_release_before_goes_on_beside_the_new_schema(
    upgraded: tuple[Release, Stock],
) -> None:
    """While an update is under way, processes of both releases serve: what the older one knows must be there.

    A column that it knows is still there; one that it does not know takes a row without a value for it.
    """
    release, _ = upgraded
    asked = """
        SELECT c.relname, a.attname, a.attnotnull AND NOT a.atthasdef AND a.attidentity = ''
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
    """
    with connections["owner"].cursor() as cursor:
        cursor.execute(asked)
        there = {(table, column): needed for table, column, needed in cursor.fetchall()}
    tables = {name: table for name, table in release.stock.tables.items() if name not in MOVED}
    known = {(name, column) for name, table in tables.items() for column in table.columns}
    assert known - there.keys() == set()
    assert {place for place, needed in there.items() if needed and place[0] in tables and place not in known} == set()

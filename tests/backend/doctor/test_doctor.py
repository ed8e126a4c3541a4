"""The doctor's command against real faults: each is made, is told in words with what to do, and mended."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from psycopg import sql

from backend.accounts.scope import everything
from backend.chain.sealing import seal
from backend.doctor.registry import checks
from backend.health import heartbeat
from backend.jobs.models import Job
from backend.outbox.models import Effect
from tests.support.databases import ROOT, address
from tests.support.http import silent_port

FILLED = {"SECRET_KEY": "0123456789abcdef" * 4}


@pytest.fixture
def system(fresh_database: str) -> None:
    """As a worker leaves it: what set-up entered on the trail is sealed, however long ago the template was made."""
    seal()


@pytest.fixture
def beating() -> Iterator[None]:
    """Worker and beat were heard of a moment ago."""
    with heartbeat.client() as valkey:
        valkey.set(heartbeat.key(), 1)
        valkey.set(heartbeat.beat_key(), 1)
        yield
        valkey.delete(heartbeat.key(), heartbeat.beat_key())


def asked(**options: Any) -> tuple[int, dict[str, Any]]:
    """The exit code, and by check what was found."""
    said = StringIO()
    code = 0
    try:
        call_command("doctor", json=True, language="en", stdout=said, **options)
    except SystemExit as end:
        code = int(str(end.code))
    document = json.loads(said.getvalue())
    assert document["well"] is (code == 0)
    return code, {one["name"]: one for one in document["checks"]}


def as_owner(statement: sql.SQL | sql.Composed) -> None:
    with psycopg.connect(address("owner"), autocommit=True) as owner:
        owner.execute(statement)


def the_wrong(found: dict[str, Any]) -> dict[str, list[str]]:
    return {
        name: [finding["says"] for finding in one["findings"] if finding["level"] == "wrong"]
        for name, one in found.items()
        if one["level"] == "wrong"
    }


@pytest.mark.usefixtures("system", "beating")
def test_nothing_is_wrong_with_a_new_system() -> None:
    code, found = asked()
    assert the_wrong(found) == {}
    assert code == 0
    assert [*found] == [one.name for one in checks()]
    assert {"rights", "walls", "jobs", "outbox", "audit-trail", "ledger", "reminders", "mail"} <= found.keys()
    well = {name for name, one in found.items() if one["level"] == "well"}
    assert {"database", "migrations", "roles", "rights", "walls", "clock", "broker", "worker", "beat"} <= well
    for one in found.values():
        for finding in one["findings"]:
            assert finding["says"]
            assert bool(finding["do"]) is (finding["level"] != "well")


@pytest.mark.usefixtures("system", "beating")
def test_faults_of_the_database_are_told_with_their_places() -> None:
    as_owner(sql.SQL("REVOKE SELECT ON organisation FROM shugu_app"))
    as_owner(sql.SQL("GRANT DELETE ON ledger_entry TO shugu_app"))
    as_owner(sql.SQL("REVOKE UPDATE (ended_at) ON gap FROM shugu_app"))
    as_owner(sql.SQL("REVOKE EXECUTE ON FUNCTION erase_said FROM shugu_app"))
    as_owner(sql.SQL("ALTER TABLE record NO FORCE ROW LEVEL SECURITY"))
    as_owner(sql.SQL("INSERT INTO clock_offset (shift) VALUES ('3 days')"))
    code, found = asked()
    assert code == 1
    lacks, beyond = the_wrong(found)["rights"]
    assert all(right in lacks for right in ("SELECT organisation", "UPDATE gap.ended_at", "EXECUTE erase_said"))
    assert "DELETE ledger_entry" in beyond
    assert "record" in the_wrong(found)["walls"][0]
    assert "3 days" in the_wrong(found)["clock"][0]


@pytest.mark.usefixtures("system", "beating")
def test_a_migration_that_was_not_carried_out_is_named() -> None:
    as_owner(
        sql.SQL(
            "DELETE FROM django_migrations WHERE id = (SELECT max(id) FROM django_migrations WHERE app = 'programs')"
        )
    )
    code, found = asked()
    assert code == 1
    assert "1 migration was not carried out: programs." in the_wrong(found)["migrations"][0]
    assert "manage.py prepare" in found["migrations"]["findings"][0]["do"]


@pytest.mark.usefixtures("system", "beating")
def test_failed_and_forsaken_work_is_told() -> None:
    with everything():
        failed = Job.objects.create(kind="test.fails", state=Job.State.FAILED, error="ValueError: no such thing")
        forsaken = Job.objects.create(kind="test.dies", state=Job.State.RUNNING)
        Effect.objects.create(topic="test.happened", subscriber="nobody", subject_id=1)
    with psycopg.connect(address("owner"), autocommit=True) as owner:
        owner.execute("SELECT set_config('shugu.scope', 'all', false)")
        owner.execute("UPDATE job SET finished_at = shugu_now() WHERE id = %s", [failed.pk])
        owner.execute("UPDATE effect SET set_aside_at = shugu_now() WHERE topic = 'test.happened'")
    code, found = asked()
    assert code == 1
    first, second = the_wrong(found)["jobs"]
    assert f"Job {failed.pk} (test.fails) failed: ValueError: no such thing" in first
    assert f"Job {forsaken.pk} (test.dies)" in second
    assert "“test.happened”" in the_wrong(found)["outbox"][0]


@pytest.mark.usefixtures("system")
def test_what_is_silent_is_told_and_what_needs_it_is_not_guessed_at(settings: Any) -> None:
    with silent_port() as port:
        settings.REDIS_URL = f"redis://:a-password@127.0.0.1:{port}/0"
        code, found = asked()
    assert code == 1
    assert [*the_wrong(found)] == ["broker"]
    assert f"127.0.0.1:{port}" in the_wrong(found)["broker"][0]
    assert "a-password" not in json.dumps(found)
    for name in ("worker", "beat", "backups"):
        assert found[name]["level"] == "attention"
        assert "“Broker”" in found[name]["findings"][0]["says"]


@pytest.mark.usefixtures("system")
def test_without_workers_or_database(databases: Any) -> None:
    _code, found = asked()
    assert {"worker", "beat"} == the_wrong(found).keys()
    with databases.using("shugu_test_no_such_database"):
        code, found = asked()
    assert code == 1
    assert "shugu_test_no_such_database" in the_wrong(found)["database"][0]
    assert "“Database”" in found["walls"]["findings"][0]["says"]


@pytest.mark.usefixtures("system", "beating")
def test_settings_that_do_not_fit_a_system_of_real_people(settings: Any) -> None:
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://talent.example.org", ["other.example.org"]
    settings.DEMO, settings.TRUSTED_PROXIES, settings.SECRET_KEY = True, 0, "short"
    settings.FIELD_KEYS = "k1:nonsense"
    code, found = asked()
    assert code == 1
    assert {"keys", "data-keys", "secret-key", "site", "proxies", "demonstration", "backups"} <= the_wrong(found).keys()
    assert "nonsense" not in json.dumps(found)
    settings.SITE_URL = "http://talent.example.org"
    settings.ALLOWED_HOSTS = [".example.org"]
    assert ["TLS" in said for said in the_wrong(asked()[1])["site"]] == [True]


@pytest.mark.usefixtures("system", "beating")
def test_it_speaks_the_readers_language() -> None:
    command = [sys.executable, "manage.py", "doctor"]
    environment = {
        **os.environ,
        **FILLED,
        "DATABASE_URL": address("default"),
        "DATABASE_OWNER_URL": address("owner"),
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
    }
    told = {}
    for language in ("en_GB.UTF-8", "zh_CN.UTF-8"):
        environment["LC_ALL"] = language
        told[language] = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
        )
        assert told[language].returncode == 0, told[language].stdout + told[language].stderr
    assert "✓ Walls between organisations: They stand, and hold for the owner too.\n" in told["en_GB.UTF-8"].stdout
    assert "docs/runbook.md#site" in told["en_GB.UTF-8"].stdout
    assert "✓ 机构之间的隔离墙" in told["zh_CN.UTF-8"].stdout

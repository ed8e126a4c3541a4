"""Who may do what with the database as a whole."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from .conftest import Checkout


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    made = Checkout(tmp_path_factory.mktemp("roles") / "checkout")
    made.do("start")
    yield made
    made.close()


def address(cluster: Checkout, login: str, database: str = "shugu") -> str:
    known = json.loads((cluster.folder / "var/embedded/main/secrets.json").read_text())
    return f"postgresql://{login}:{known['passwords'][login]}@127.0.0.1:{cluster.state()['postgres']}/{database}"


def connect(cluster: Checkout, login: str) -> psycopg.Connection[Any]:
    return psycopg.connect(address(cluster, login), autocommit=True)


def test_roles_have_no_more_than_they_need(cluster: Checkout) -> None:
    with connect(cluster, "postgres") as admin:
        found = admin.execute(
            "SELECT rolname, rolcanlogin, rolbypassrls, rolreplication, rolsuper OR rolcreatedb OR rolcreaterole "
            "FROM pg_roles WHERE rolname LIKE 'shugu%' ORDER BY 1"
        ).fetchall()
    assert found == [
        ("shugu_app", True, False, False, False),
        ("shugu_backup", True, True, True, False),
        ("shugu_loader", False, True, False, False),
        ("shugu_owner", True, False, False, False),
        ("shugu_resolver", False, True, False, False),
    ]


def test_the_application_owns_nothing_and_creates_nothing(cluster: Checkout) -> None:
    with connect(cluster, "shugu_app") as application:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            application.execute("CREATE TABLE mine (a int)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            application.execute("SET ROLE shugu_owner")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            application.execute("SET ROLE shugu_resolver")


def test_the_loader_is_taken_not_inherited(cluster: Checkout) -> None:
    with connect(cluster, "shugu_owner") as owner:
        owner.execute("CREATE TABLE walled (a int)")
        owner.execute("ALTER TABLE walled ENABLE ROW LEVEL SECURITY")
        owner.execute("GRANT INSERT ON walled TO shugu_loader")
    with connect(cluster, "shugu_app") as application:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            application.execute("INSERT INTO walled VALUES (1)")
        with application.transaction():
            application.execute("SET LOCAL ROLE shugu_loader")
            with application.cursor().copy("COPY walled FROM STDIN") as copy:
                copy.write_row((1,))
        assert application.execute("SELECT current_user").fetchone() == ("shugu_app",)


def test_backups_read_everything_and_write_nothing(cluster: Checkout) -> None:
    with connect(cluster, "shugu_owner") as owner:
        owner.execute("CREATE TABLE secluded AS SELECT 1 AS a")
        owner.execute("ALTER TABLE secluded ENABLE ROW LEVEL SECURITY")
    with connect(cluster, "shugu_backup") as backup:
        assert backup.execute("SELECT a FROM secluded").fetchall() == [(1,)]
        backup.execute("SET default_transaction_read_only = off")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            backup.execute("DELETE FROM secluded")


def test_the_owner_can_hand_a_function_to_the_resolver(cluster: Checkout) -> None:
    with connect(cluster, "shugu_owner") as owner:
        owner.execute("CREATE FUNCTION across() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'")
        owner.execute("GRANT CREATE ON SCHEMA public TO shugu_resolver")
        owner.execute("ALTER FUNCTION across OWNER TO shugu_resolver")


def test_strangers_to_the_database_stay_out(cluster: Checkout) -> None:
    with connect(cluster, "postgres") as admin:
        admin.execute("CREATE ROLE stranger LOGIN PASSWORD 'x'")
        privileges = admin.execute("SELECT has_database_privilege('stranger', 'shugu', 'CONNECT')").fetchone()
        schema = admin.execute("SELECT has_schema_privilege('stranger', 'public', 'CREATE')").fetchone()
    assert (privileges, schema) == ((False,), (False,))


def test_an_external_cluster_is_set_up_by_its_addresses_and_again(cluster: Checkout) -> None:
    """What docker-compose does: a database of another name, passwords taken from the addresses."""
    port = cluster.state()["postgres"]
    known = json.loads((cluster.folder / "var/embedded/main/secrets.json").read_text())["passwords"]
    addresses = {
        "ADMIN_DATABASE_URL": address(cluster, "postgres", "postgres"),
        "DATABASE_OWNER_URL": f"postgresql://shugu_owner:{known['shugu_owner']}@127.0.0.1:{port}/elsewhere",
        "DATABASE_URL": f"postgresql://shugu_app:{known['shugu_app']}@127.0.0.1:{port}/elsewhere",
    }
    for _ in range(2):
        roles(cluster.folder, cluster.environment(**addresses), 0)
    with psycopg.connect(addresses["DATABASE_URL"]) as application:
        assert application.execute("SELECT current_database()").fetchone() == ("elsewhere",)
    said = roles(cluster.folder, cluster.environment(**addresses, DATABASE_BACKUP_URL=addresses["DATABASE_URL"]), 1)
    assert "shugu_backup" in said
    assert "ADMIN_DATABASE_URL" in roles(cluster.folder, cluster.environment(), 1)


def roles(folder: Path, environment: dict[str, str], expect: int) -> str:
    ended = subprocess.run(
        [sys.executable, "-m", "backend.embedded.roles"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == expect, ended.stderr
    return ended.stderr

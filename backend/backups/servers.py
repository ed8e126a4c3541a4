"""Speaking to the server that is backed up, by the login that may read everything and write nothing."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import psycopg
from psycopg import conninfo

from backend.backups.errors import BackupError
from backend.embedded import binaries, places, records, services
from backend.embedded.binaries import POSTGRES_MAJOR
from backend.embedded.roles import BACKUP

VARIABLE = "DATABASE_BACKUP_URL"
# What libpq reads from the environment: on the command line everybody could read the password.
OPTIONS = {
    "host": "PGHOST",
    "hostaddr": "PGHOSTADDR",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
}


def address(profile: places.Profile) -> str:
    """Where the backup login reaches the database: DATABASE_BACKUP_URL, else the profile's own server.

    Raises:
        BackupError: the environment names a server and not how its backups are taken.
        NotRunningError: the services do not run.
    """
    if profile.name == "main" and (given := os.environ.get(VARIABLE)):
        return given
    if profile.name == "main" and services.given(os.environ):
        raise BackupError(
            f"DATABASE_URL names a server of your own, so set {VARIABLE} too: its login {BACKUP}, which "
            "`python -m backend.embedded.roles` makes."
        )
    services.environment(profile.name)
    return records.database_url(records.load_secrets(profile), records.read(profile.state)["postgres"], BACKUP)


def connect(where: str, *, autocommit: bool = False, name: str = "shugu-backup") -> psycopg.Connection[Any]:
    """A connection, of a server that our programs understand.

    Raises:
        BackupError: it cannot be reached, is of another major version, or the login lacks what backups need.
    """
    try:
        connection = psycopg.connect(where, autocommit=autocommit, connect_timeout=10, application_name=name)
    except psycopg.Error as error:
        raise BackupError(f"The database cannot be reached for a backup: {error}".rstrip()) from error
    if connection.info.server_version // 10_000 != int(POSTGRES_MAJOR):
        connection.close()
        raise BackupError(
            f"The server is of PostgreSQL {connection.info.server_version // 10_000}, and the programs that would read "
            f"it are of {POSTGRES_MAJOR}."
        )
    return connection


def environment(where: str, name: str = "shugu-backup") -> dict[str, str]:
    """The environment by which PostgreSQL's programs reach the server."""
    parts = conninfo.conninfo_to_dict(where)
    given = {OPTIONS[key]: str(value) for key, value in parts.items() if key in OPTIONS and value is not None}
    return {"LC_ALL": "C", "PATH": os.environ.get("PATH", ""), "PGAPPNAME": name, "PGCONNECT_TIMEOUT": "10", **given}


def program(name: str) -> str:
    """One of PostgreSQL's programs. Raises BackupError when this environment has none."""
    path = binaries.installed_postgres() / name
    if not path.is_file():
        raise BackupError(f"{path} is missing: the installed packages bring no {name} for this platform.")
    return str(path)


def run(command: list[str], where: str, cwd: Path) -> None:
    """Run one of PostgreSQL's programs to its end. Raises BackupError with what it said when it fails."""
    made = subprocess.run(
        [program(command[0]), *command[1:]],
        env=environment(where),
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise BackupError(f"{command[0]} failed: {(made.stderr or made.stdout).strip()[-600:]}")

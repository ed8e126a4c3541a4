"""Databases for tests: one template for each state of the schema, cloned wherever a test needs one of its own.

Django empties tables between tests by TRUNCATE, which nobody may do here, so a test that commits gets a clone of the
template (a twentieth of a second) and drops it. Advisory locks, taken in the administrator's database and held for as
long as a test session lives, tell which databases are in use: what a killed session left is dropped by the next one.
"""

import hashlib
import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.core.management import call_command, get_commands
from django.db import connections
from psycopg import sql

from backend.embedded.roles import create_database

ROOT = Path(__file__).resolve().parents[2]
APPS = ("backend", "talent", "programs")
PREFIX = "shugu_test_"
TEMPLATE_PREFIX = f"{PREFIX}template_"
SEQUENCE_STEP = 10_000
DROPPED_AT_ONCE = 25
DATA_SUFFIXES = {".sql", ".csv", ".toml", ".yaml", ".yml", ".json"}


def schema_state() -> str:
    """A digest of everything that makes the template what it is: migrations, SQL, code tables, plans, their loaders."""
    told = hashlib.sha256()
    for path in sorted(itertools.chain.from_iterable((ROOT / app).rglob("*.*") for app in APPS)):
        parts = path.relative_to(ROOT).parts
        code = path.suffix == ".py" and ("migrations" in parts or "commands" in parts or "reference" in parts)
        if path.is_file() and (code or path.suffix in DATA_SUFFIXES):
            told.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    told.update(Path(__file__).read_bytes())
    return told.hexdigest()[:12]


def admin_url() -> str:
    """A superuser's address: ``DATABASE_ADMIN_URL``, else ``postgres`` without a password on the tests' server."""
    given = os.environ.get("DATABASE_ADMIN_URL") or os.environ.get("DATABASE_SUPERUSER_URL")
    if given:
        return given
    where = connections["default"].settings_dict
    return f"postgresql://postgres@{where['HOST'] or 'localhost'}:{where['PORT'] or 5432}/postgres"


class Databases:
    """The databases of one test session (one xdist worker)."""

    def __init__(self) -> None:
        self._admin = psycopg.connect(admin_url(), autocommit=True, connect_timeout=10)
        self._own = {alias: connections[alias].settings_dict["NAME"] for alias in ("default", "owner")}
        self._numbers = itertools.count()
        self._done_with: list[str] = []
        self.template = TEMPLATE_PREFIX + schema_state()

    def close(self) -> None:
        """Let go of everything; the template stays for the next session."""
        self._drop_done_with()
        self._admin.close()

    def prepare(self) -> None:
        """Build the template unless it stands, and drop what sessions that are gone have left."""
        with self._alone():
            self._admin.execute("SELECT pg_advisory_lock_shared(hashtext(%s))", [self.template])
            self._drop_leftovers()
            if not self._exists(self.template):
                self._build()

    def clone(self) -> str:
        """A new database, equal to the template; its name."""
        name = f"{PREFIX}{os.getpid()}_{next(self._numbers)}_{os.urandom(3).hex()}"
        self._admin.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
        create_database(self._admin, name, template=self.template)
        return name

    def let_go(self, name: str) -> None:
        """Drop a database before the session ends, with others: each drop by itself waits for a checkpoint."""
        self._done_with.append(name)
        if len(self._done_with) >= DROPPED_AT_ONCE:
            self._drop_done_with()

    def _drop_done_with(self) -> None:
        while self._done_with:
            self.drop(self._done_with.pop())

    def drop(self, name: str) -> None:
        """Drop a database with whoever is still connected to it."""
        self._admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        self._admin.execute("SELECT pg_advisory_unlock(hashtext(%s))", [name])

    @contextmanager
    def using(self, name: str) -> Iterator[str]:
        """Move this process's connections to a database, and back."""
        before = connections["default"].settings_dict["NAME"]
        _move(name)
        try:
            yield name
        finally:
            _move(before)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._admin.execute("SELECT pg_advisory_lock(hashtext('shugu tests'))")
        try:
            yield
        finally:
            self._admin.execute("SELECT pg_advisory_unlock(hashtext('shugu tests'))")

    def _exists(self, name: str) -> bool:
        found = self._admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        return found is not None

    def _drop_leftovers(self) -> None:
        names = self._admin.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s) AND datname <> %s", [PREFIX, self.template]
        ).fetchall()
        for (name,) in names:
            free = self._admin.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [name]).fetchone()
            if free and free[0]:
                self.drop(name)

    def _build(self) -> None:
        building = f"{self.template}_building"
        self._admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(building)))
        create_database(self._admin, building)
        with self.using(building):
            call_command("setup_database", verbosity=0)
            if "load_reference" in get_commands():
                call_command("load_reference", verbosity=0)
            with connections["owner"].cursor() as cursor:
                # Rows of different tables never share an id, so a test cannot pass by taking one for the other.
                cursor.execute("SELECT schemaname || '.' || sequencename FROM pg_sequences ORDER BY 1")
                for place, (sequence,) in enumerate(cursor.fetchall(), 1):
                    cursor.execute(
                        "SELECT setval(%s, %s + (SELECT coalesce(last_value, 0) FROM pg_sequences"
                        " WHERE schemaname || '.' || sequencename = %s))",
                        [sequence, place * SEQUENCE_STEP, sequence],
                    )
        self._admin.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(building), sql.Identifier(self.template))
        )


def address(alias: str) -> str:
    """The address of the database that ``alias`` is connected to now, for a process of its own."""
    variable = {"default": "DATABASE_URL", "owner": "DATABASE_OWNER_URL"}[alias]
    parts = urlsplit(os.environ[variable])
    return urlunsplit(parts._replace(path=f"/{connections[alias].settings_dict['NAME']}"))


def _move(name: str) -> None:
    for alias in ("default", "owner"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name

"""What is tried on a restored cluster, by the same commands that look after the running system."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from backend.backups.clusters import Cluster
from backend.backups.errors import BackupError
from backend.embedded import places
from backend.embedded.roles import APPLICATION, BACKUP, OWNER

# Nothing answers there: a restored system rings nobody and writes to nobody.
NOBODY = "127.0.0.1:1"
LINES = 25


@dataclass(frozen=True)
class Step:
    """One thing that was tried: how long it took in seconds, whether it held, and what there is to say."""

    name: str
    seconds: float
    ok: bool
    told: str = ""


def timed(name: str, act: Callable[[], str]) -> Step:
    """Try one thing; a BackupError is its failure and not ours."""
    began = time.monotonic()
    try:
        told, ok = act(), True
    except BackupError as error:
        told, ok = str(error), False
    return Step(name, round(time.monotonic() - began, 2), ok, told)


class Commands:
    """Shugu's own commands, run against a restored cluster."""

    def __init__(self, cluster: Cluster, database: str, field_keys: str) -> None:
        self.cluster, self.database, self.field_keys = cluster, database, field_keys

    def run(self, *words: str, login: str = APPLICATION) -> str:
        """Run `manage.py words…`, as a login that stands in for the application's; returns what it said.

        Raises:
            BackupError: it ended with another code than 0; with what it said.
        """
        ran = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=places.ROOT,
            env=self._environment(login),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        said = ran.stdout.strip()
        if ran.returncode:
            raise BackupError("\n".join(said.splitlines()[-LINES:]) or f"{words[0]} ended with {ran.returncode}.")
        return said

    def _environment(self, login: str) -> dict[str, str]:
        kept = {
            name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR", "LOG_LEVEL") if name in os.environ
        }
        return {
            **kept,
            "DJANGO_SETTINGS_MODULE": "backend.settings",
            "DATABASE_URL": self.cluster.address(login, self.database),
            "DATABASE_OWNER_URL": self.cluster.address(OWNER, self.database),
            "REDIS_URL": f"redis://{NOBODY}/0",
            "EMAIL_URL": f"smtp://{NOBODY}",
            "SECRET_KEY": secrets.token_urlsafe(32),
            "FIELD_KEYS": self.field_keys,
        }

    def migrate(self) -> str:
        """Bring the schema to this release."""
        self.run("prepare", "--only", "database", "--verbosity", "0")
        return "The schema is this release's."

    def migrations(self) -> str:
        """Whether the schema is this release's already."""
        self.run("migrate", "--check", "--database", "owner", "--verbosity", "0", login=OWNER)
        return "No migration is missing."

    def seals(self) -> str:
        """Everything sealed opens, and is found by its index."""
        return self.run("open_seals", login=BACKUP)

    def recount(self) -> str:
        """Ledger, standings, cube and gap are what the records say."""
        return _end(self.run("recount", "--check"))

    def snapshots(self) -> str:
        """What was published is what was published."""
        return _end(self.run("verify_snapshots"))


def _end(said: str) -> str:
    return said.rpartition("\n")[2]

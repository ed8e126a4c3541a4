"""Hosts of their own: the supervisor, the backups and the toy system, each in a folder with nothing in it yet."""

from __future__ import annotations

import base64
import datetime as dt
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.backend.embedded.conftest import ROOT, Checkout, until

KEYS = "k1:" + base64.b64encode(bytes(range(32))).decode()


class Host(Checkout):
    """A checkout whose backups go to one shelf."""

    def __init__(self, folder: Path, shelf: Path) -> None:
        super().__init__(folder)
        self.shelf = shelf
        shutil.copytree(
            ROOT / "backend" / "backups", folder / "backend" / "backups", ignore=shutil.ignore_patterns("__pycache__")
        )
        shutil.copy2(ROOT / "backend" / "release.py", folder / "backend")

    def environment(self, **more: str) -> dict[str, str]:
        return super().environment(**{"BACKUP_FOLDER": str(self.shelf), "FIELD_KEYS": KEYS, **more})

    def begin_backups(self, *words: str) -> subprocess.Popen[str]:
        """Start `python -m backend.backups words…` without waiting for it."""
        process = subprocess.Popen(
            [sys.executable, "-m", "backend.backups", *words],
            cwd=self.folder,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.started.append(process)
        return process

    def backups(self, *words: str, expect: int = 0) -> str:
        """The same to its end; returns what it said."""
        process = self.begin_backups(*words)
        said, _ = process.communicate(timeout=120)
        assert process.returncode == expect, said
        return said

    def connect(self, login: str = "shugu_owner") -> psycopg.Connection[Any]:
        known = json.loads((self.folder / "var/embedded/main/secrets.json").read_text())["passwords"]
        where = f"postgresql://{login}:{known[login]}@127.0.0.1:{self.state()['postgres']}/shugu"
        return psycopg.connect(where, autocommit=True)


class Past:
    """What befell the first host: people written, a backup, more people, a moment, and all of them deleted."""

    def __init__(self, host: Host) -> None:
        self.host = host
        host.do("start")
        with host.connect() as owner:
            owner.execute("CREATE TABLE person (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text)")
            owner.execute("GRANT SELECT ON person TO shugu_backup")
            owner.execute("INSERT INTO person (name) SELECT 'before ' || n FROM generate_series(1, 500) n")
            keeping = host.begin_backups("keep")
            until(lambda: any(host.shelf.glob("backups/2*/manifest.json")), 60)
            owner.execute("INSERT INTO person (name) SELECT 'after ' || n FROM generate_series(1, 70) n")
            found = owner.execute("SELECT clock_timestamp()").fetchone()
            assert found is not None
            self.moment: dt.datetime = found[0]
            owner.execute("SELECT pg_sleep(0.01)")
            owner.execute("DELETE FROM person")
        # It goes once everything has been received.
        host.do("stop")
        keeping.terminate()
        self.said = keeping.communicate(timeout=30)[0]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shelf") / "on another disk"


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory, shelf: Path) -> Iterator[Past]:
    host = Host(tmp_path_factory.mktemp("first") / "host", shelf)
    yield Past(host)
    host.close()


@pytest.fixture
def empty(tmp_path: Path, shelf: Path) -> Iterator[Host]:
    """Another host, with no data of its own, that the shelf has been carried to."""
    host = Host(tmp_path / "empty host", shelf)
    yield host
    host.close()

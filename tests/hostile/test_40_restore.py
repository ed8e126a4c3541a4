"""Hostile test 40: the last backup on an empty host, with keys that have been rotated since, and tampered with."""

import base64
import gzip
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.backups import restoring, unpacking
from backend.backups.clusters import Cluster, Target
from backend.backups.errors import BackupError
from backend.backups.shelf import Backup, Shelf
from backend.embedded import places, records
from tests.backend.embedded.conftest import OUTER, ROOT

pytestmark = [pytest.mark.hostile, pytest.mark.timeout(1800)]

PROFILE = "hostile-restore"
NEWER_KEY = "k9:" + base64.b64encode(bytes(range(32))).decode()
STRANGE_KEY = "k1:" + base64.b64encode(bytes(range(1, 33))).decode()
# A demonstration's people are reported, decided, counted and published; then the backup, under the running system.
STORY = (
    "manage.py demo --base-url {url}",
    "-c 'import sys; from scripts.release_data import publish; publish(sys.argv[1])' {url}",
    f"-m backend.backups backup --profile {PROFILE}",
)


def environment(**more: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in OUTER} | more


def python(*words: str, expect: int = 0, **more: str) -> str:
    ran = subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env=environment(**more),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert ran.returncode == expect, ran.stdout[-4000:]
    return ran.stdout


def rehearse(expect: int = 0, **more: str) -> dict[str, Any]:
    """A rehearsal's report."""
    python("-m", "backend.backups", "rehearsal", "--profile", PROFILE, expect=expect, **more)
    report = records.read(sorted(shelf().rehearsals.glob("*.json"))[-1])
    assert report["proved"] == (expect == 0)
    return {step["name"]: step for step in report["steps"]}


def shelf() -> Shelf:
    return Shelf(places.profile(PROFILE).folder / "backups")


@pytest.fixture(scope="module")
def backup() -> Iterator[Backup]:
    """The last backup of a system that has been worked with and is no more."""
    shutil.rmtree(shelf().folder, ignore_errors=True)
    story = " && ".join(f'"{sys.executable}" {one}' for one in STORY)
    served = ["-m", "backend.embedded", "serve", "--fresh", "--profile", PROFILE, "--port", "0", "--follow-parent"]
    python(*served, "--", "sh", "-c", story, DEMO="1")
    places.wipe(places.profile(PROFILE))
    yield shelf().last()
    shutil.rmtree(shelf().folder)


def test_40_the_last_backup_comes_back_equal_on_an_empty_host(backup: Backup) -> None:
    steps = rehearse()
    assert list(steps) == [
        *("files", "unpack", "replay", "counts and digests", "migrate", "seals", "recount", "snapshots"),
    ]
    assert "agree" in steps["recount"]["told"]
    assert steps["snapshots"]["told"].startswith("1 snapshots")
    opened = [line.split() for line in steps["seals"]["told"].splitlines() if "opened" in line]
    assert sum(int(line[1]) for line in opened) > 1000
    assert not list((ROOT / "var/embedded/rehearsal").glob("postgres*"))


def test_40_it_opens_behind_a_newer_master_key_and_with_no_other(backup: Backup) -> None:
    own = records.load_secrets(places.profile(PROFILE))["field_keys"]
    rehearse(FIELD_KEYS=f"{NEWER_KEY},{own}")
    without = rehearse(expect=1, FIELD_KEYS=NEWER_KEY)
    assert [name for name, step in without.items() if not step["ok"]] == ["seals"]
    assert "“k1”, which FIELD_KEYS does not hold" in without["seals"]["told"]
    strange = rehearse(expect=1, FIELD_KEYS=STRANGE_KEY)
    assert "is not the one" in strange["seals"]["told"]


def test_one_altered_row_is_told_by_its_table(backup: Backup, tmp_path: Path) -> None:
    profile = places.profile("hostile-tampered")
    places.prepare(profile)
    home = places.home(profile)
    account = places.service_account(home)
    places.wipe(profile)
    shutil.rmtree(home / "log", ignore_errors=True)
    try:
        restoring.put_back(shelf(), backup, home / "postgres", home / "log", account)
        with Cluster(home / "postgres", profile, account) as cluster:
            cluster.recover(home / "log", Target("name", backup.manifest["point"]))
            restoring.compare(cluster, backup)
            with cluster.connect("shugu", autocommit=True) as superuser:
                superuser.execute("UPDATE record SET remarks = remarks || '.' WHERE id = (SELECT max(id) FROM record)")
                with pytest.raises(BackupError, match=r"Table record has \d+ rows as noted, and at least one of them"):
                    restoring.compare(cluster, backup)
                superuser.execute("DELETE FROM finding WHERE id = (SELECT max(id) FROM finding)")
            with pytest.raises(BackupError, match=r"Table finding has \d+ rows instead of \d+"):
                restoring.compare(cluster, backup)
    finally:
        places.wipe(profile)
        shutil.rmtree(home / "log", ignore_errors=True)


def test_a_file_altered_by_somebody_who_mends_our_own_digest_is_told(backup: Backup) -> None:
    """The archive's digest is made anew; the server's own manifest still tells which file is another."""
    archive, manifest = backup.folder / "base.tar.gz", backup.folder / "manifest.json"
    whole, noted = archive.read_bytes(), manifest.read_text()
    try:
        altered = _with_one_bit_turned(whole)
        archive.write_bytes(altered[0])
        content = json.loads(noted)
        content["files"]["base.tar.gz"] = unpacking.digest(archive)
        manifest.write_text(json.dumps(content))
        steps = rehearse(expect=1)
        assert list(steps) == ["files"]
        assert altered[1] in steps["files"]["told"]
    finally:
        archive.write_bytes(whole)
        manifest.write_text(noted)


def _with_one_bit_turned(whole: bytes) -> tuple[bytes, str]:
    """The archive with one bit of its largest file turned, and that file's name."""
    plain = bytearray(gzip.decompress(whole))
    with tarfile.open(fileobj=io.BytesIO(plain)) as archive:
        largest = max((one for one in archive if one.isfile()), key=lambda one: one.size)
    plain[largest.offset_data + largest.size // 2] ^= 1
    return gzip.compress(bytes(plain), 1), largest.name.removeprefix("./")

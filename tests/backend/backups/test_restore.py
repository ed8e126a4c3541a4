"""A backup, a mistake, and the moment before it on a host that had nothing."""

from __future__ import annotations

import json
import stat
from pathlib import Path

from .conftest import KEYS, Host, Past


def test_any_moment_since_a_backup_comes_back_on_an_empty_host(past: Past, empty: Host) -> None:
    said = empty.backups("restore", "--to", past.moment.isoformat())
    assert "Proved." in said
    empty.do("start")
    with empty.connect() as owner:
        found = owner.execute(
            "SELECT count(*), count(*) FILTER (WHERE name LIKE 'after%'), max(id) FROM person"
        ).fetchone()
        assert found == (570, 70, 570)
        # Numbers go on after the highest, and the new host's own passwords hold.
        owner.execute("INSERT INTO person (name) VALUES ('new')")
    empty.do("stop")
    assert json.loads((empty.folder / "var/embedded/main/secrets.json").read_text())["field_keys"] == KEYS
    assert "holds a database already" in empty.backups("restore", expect=1)


def test_the_end_of_the_log_is_after_the_mistake(past: Past, empty: Host) -> None:
    empty.backups("restore")
    empty.do("start")
    with empty.connect() as owner:
        assert owner.execute("SELECT count(*) FROM person").fetchone() == (0,)


def test_a_rehearsal_proves_the_last_backup_and_leaves_nothing(past: Past) -> None:
    said = past.host.backups("rehearsal")
    assert "counts and digests  proved" in said
    assert said.rstrip().endswith("Proved.")
    assert past.host.processes() == []
    assert not list((past.host.folder / "var/embedded/rehearsal").glob("postgres*"))
    (report,) = (past.host.shelf / "rehearsals").glob("*.json")
    assert json.loads(report.read_text())["proved"]


def test_a_row_that_is_not_as_noted_is_told_by_its_table(past: Past) -> None:
    (manifest,) = past.host.shelf.glob("backups/2*/manifest.json")
    whole = manifest.read_text()
    noted = json.loads(whole)
    try:
        noted["stock"]["tables"]["person"]["digest"] = "1/1"
        manifest.write_text(json.dumps(noted))
        said = past.host.backups("rehearsal", expect=1)
        assert "Table person has 500 rows as noted, and at least one of them differs." in said
        assert "Not proved: counts and digests." in said
    finally:
        manifest.write_text(whole)


def test_a_damaged_archive_is_told_before_anything_is_put_back(past: Past, empty: Host) -> None:
    (base,) = past.host.shelf.glob("backups/2*/base.tar.gz")
    whole = base.read_bytes()
    try:
        base.write_bytes(whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:])
        assert "Not proved: files." in past.host.backups("rehearsal", expect=1)
        assert "base.tar.gz" in empty.backups("restore", expect=1)
        assert not list((empty.folder / "var/embedded/main").glob("postgres*"))
    finally:
        base.write_bytes(whole)


def test_nobody_else_reads_a_backup(past: Past) -> None:
    for path in [past.host.shelf, *past.host.shelf.rglob("*")]:
        if path.suffix == ".lock":
            assert path.stat().st_size == 0
            continue
        assert not path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO), path


def test_what_is_asked_for_and_cannot_be_is_said(past: Past, empty: Host, tmp_path: Path) -> None:
    def refused(*words: str) -> str:
        return empty.backups("restore", *words, expect=1)

    assert "says no time zone" in refused("--to", "2026-03-31T17:45:00")
    assert "is no moment" in refused("--to", "yesterday")
    assert "There is no backup from before" in refused("--to", "2020-01-01T00:00:00+00:00")
    assert "does not reach that moment" in refused("--to", "2199-01-01T00:00:00+00:00")
    assert "There is no backup x" in refused("--backup", "x")
    assert "There is no backup in" in refused("--from", str(tmp_path / "elsewhere"))

"""PostgreSQL and Valkey: there when needed, gone afterwards, and whole again after any kill."""

from __future__ import annotations

import os
import shutil
import socket
import stat
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from .conftest import ROOT, Checkout, kill, until

WRITE = """
import os, psycopg, redis
with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as owner:
    owner.execute("CREATE TABLE IF NOT EXISTS kept (at timestamptz DEFAULT now())")
    owner.execute("INSERT INTO kept DEFAULT VALUES")
redis.Redis.from_url(os.environ["REDIS_URL"]).set("kept", "bell")
"""
READ = """
import os, psycopg, redis
with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as owner:
    print(owner.execute("SELECT count(*) FROM kept").fetchone()[0])
print(redis.Redis.from_url(os.environ["REDIS_URL"]).get("kept"))
"""


def test_a_command_has_the_services_and_nothing_stays_behind(checkout: Checkout) -> None:
    checkout.python(WRITE)
    assert checkout.processes() == []
    assert checkout.python(READ).splitlines() == ["1", "b'bell'"]


def test_the_exit_code_is_the_command_s(checkout: Checkout) -> None:
    checkout.do("run", "--", "sh", "-c", "exit 7", expect=7)


def test_a_command_that_is_missing_is_named(checkout: Checkout) -> None:
    assert "no-such-command" in checkout.do("run", "--", "no-such-command", expect=1)
    assert checkout.processes() == []


def test_addresses_are_refused_while_nothing_runs(checkout: Checkout) -> None:
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "import backend.embedded as e\ntry: e.environment()\nexcept e.NotRunningError as x: print(x)",
        ],
        cwd=checkout.folder,
        env=checkout.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert "make run" in said.stdout


def test_secrets_are_their_maker_s_alone(running: Checkout) -> None:
    folder = running.folder / "var" / "embedded" / "main"
    for name in ("secrets.json", "state.json"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    home = Path(running.state()["home"])
    for name in ("postgres", "valkey"):
        assert stat.S_IMODE((home / name).stat().st_mode) == 0o700
    told = " ".join(part for process in running.processes() for part in process.cmdline())
    for secret in ("shugu_app:", "requirepass"):
        assert secret not in told


def test_nobody_comes_in_without_a_password(running: Checkout) -> None:
    state = running.state()
    psycopg = pytest.importorskip("psycopg")
    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(f"postgresql://postgres@127.0.0.1:{state['postgres']}/postgres")
    with socket.create_connection(("127.0.0.1", state["valkey"]), timeout=5) as link:
        link.sendall(b"PING\r\n")
        assert link.recv(100).startswith(b"-NOAUTH")


def test_servers_do_not_run_as_root(running: Checkout) -> None:
    for program in ("bin/postgres", "valkey-server"):
        assert running.server(program).uids().real != 0


def test_the_last_user_turns_off_the_light(checkout: Checkout) -> None:
    first = checkout.begin("run", "--", "sleep", "60")
    until(lambda: (checkout.folder / "var/embedded/main/state.json").exists())
    second = checkout.begin("run", "--", "sleep", "60")
    until(lambda: len([p for p in checkout.processes() if p.name() == "sleep"]) == 2)
    first.terminate()
    assert first.wait(20) == 143
    checkout.do("status")
    second.kill()
    until(lambda: checkout.processes() == [])


def test_a_killed_keeper_takes_its_servers_along_and_nothing_is_lost(checkout: Checkout) -> None:
    checkout.do("start")
    checkout.python(WRITE)
    kill(checkout.server("backend.embedded.keeper"))
    checkout.do("status", expect=1)
    # At once, while the old servers may still be shutting down.
    assert checkout.python(READ).splitlines() == ["1", "b'bell'"]
    checkout.do("stop")
    until(lambda: checkout.processes() == [])


@pytest.mark.parametrize("program", ["bin/postgres", "valkey-server"])
def test_a_killed_server_comes_back_on_its_port(running: Checkout, program: str) -> None:
    running.python(WRITE)
    ports, old = running.state(), running.server(program)
    kill(old)
    until(
        lambda: any(
            p.pid != old.pid and any(part.endswith(program) for part in p.cmdline()[:1]) for p in alive(running)
        )
    )
    until(lambda: "runs again" in (running.folder / "var/log/services.log").read_text())
    assert running.python(READ).splitlines()[0] == "1"
    assert {name: running.state()[name] for name in ("postgres", "valkey")} == {
        name: ports[name] for name in ("postgres", "valkey")
    }


def alive(checkout: Checkout) -> list[psutil.Process]:
    return [process for process in checkout.processes() if process.status() != psutil.STATUS_ZOMBIE]


def test_a_pid_file_that_names_somebody_else_is_no_hindrance(checkout: Checkout) -> None:
    checkout.python(WRITE)
    home = Path(checkout.state()["home"])
    owner = (home / "postgres").stat()
    # PostgreSQL itself refuses to start when the process of that number lives and is its own account's.
    stranger = subprocess.Popen(["sleep", "60"], user=owner.st_uid if os.geteuid() == 0 else None, cwd="/")
    try:
        lines = [str(stranger.pid), str(home / "postgres"), "1", "1", "", "127.0.0.1", "1 1", "ready"]
        for name, text in (("postgres/postmaster.pid", "\n".join(lines) + "\n"), ("valkey/valkey.pid", lines[0])):
            (home / name).write_text(text)
            os.chown(home / name, owner.st_uid, owner.st_gid)
        assert checkout.python(READ).splitlines()[0] == "1"
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


@pytest.mark.hostile
def test_a_taken_port_is_left_to_its_taker(checkout: Checkout) -> None:
    checkout.python(WRITE)
    before = checkout.state()
    takers = [socket.create_server(("127.0.0.1", before[name])) for name in ("postgres", "valkey")]
    try:
        assert checkout.python(READ).splitlines()[0] == "1"
    finally:
        for taker in takers:
            taker.close()
    assert checkout.state()["postgres"] != before["postgres"]
    assert checkout.state()["valkey"] != before["valkey"]


def test_two_checkouts_at_once_do_not_meet(checkout: Checkout, tmp_path: Path) -> None:
    checkout.python(WRITE)
    # A copy remembers the same ports and knows the same passwords.
    twin = Checkout(tmp_path / "twin")
    try:
        shutil.copytree(checkout.folder / "var", twin.folder / "var", dirs_exist_ok=True)
        for home in twin.homes():
            assert home != twin.folder
        first = checkout.begin("run", "--", "sleep", "60")
        until(lambda: any(p.name() == "sleep" for p in checkout.processes()))
        twin.do("start")
        assert twin.state()["postgres"] != checkout.state()["postgres"]
        assert twin.state()["home"] != checkout.state()["home"]
        checkout.do("status")
        first.terminate()
        first.wait(20)
        twin.do("status")
    finally:
        twin.close()


@pytest.mark.hostile
def test_a_cluster_half_made_is_made_anew(checkout: Checkout) -> None:
    checkout.do("start")
    home = Path(checkout.state()["home"])
    checkout.do("stop")
    (home / "postgres" / "PG_VERSION").unlink()
    (home / "postgres.new").mkdir()
    checkout.python(WRITE)
    assert not (home / "postgres.new").exists()


def test_a_queue_that_cannot_be_read_is_put_aside(checkout: Checkout) -> None:
    checkout.python(WRITE)
    queue = Path(checkout.state()["home"]) / "valkey" / "appendonlydir"
    for part in queue.glob("*.incr.aof"):
        part.write_bytes(b"*3\r\n$3\r\nSET\r\n$-7\r\nnonsense\r\n" * 3)
    assert checkout.python(READ).splitlines() == ["1", "None"]
    assert list(queue.parent.glob("appendonlydir.broken-*"))


@pytest.mark.hostile
def test_fresh_begins_empty_and_never_on_main(checkout: Checkout) -> None:
    assert "never" in checkout.do("run", "--fresh", "--", "true", expect=1)
    checkout.python(WRITE, profile="bench")
    checkout.do("run", "--fresh", "--profile", "bench", "--", "true")
    assert "does not exist" in checkout.python(READ, profile="bench", expect=1)


@pytest.mark.hostile
def test_tests_data_that_a_crash_has_spoilt_is_made_anew(checkout: Checkout) -> None:
    checkout.python(WRITE, profile="test")
    home = Path(checkout.state("test")["home"])
    (home / "postgres" / "global" / "pg_control").write_bytes(b"")
    assert "does not exist" in checkout.python(READ, profile="test", expect=1)


def test_one_address_without_the_other_is_refused(checkout: Checkout) -> None:
    said = checkout.do("run", "--", "true", expect=1, DATABASE_URL="postgresql://somewhere/else")
    assert "DATABASE_OWNER_URL" in said


def test_servers_of_one_s_own_need_none_of_ours(checkout: Checkout) -> None:
    code = "import os; print(os.environ['REDIS_URL'], len(os.environ['FIELD_KEYS']))"
    said = checkout.do(
        "run", "--", sys.executable, "-c", code,
        DATABASE_URL="postgresql://a/b", DATABASE_OWNER_URL="postgresql://c/d", REDIS_URL="redis://elsewhere",
    )  # fmt: skip
    assert said.split() == ["redis://elsewhere", "47"]
    assert not (checkout.folder / "var/embedded/main/state.json").exists()


@pytest.mark.hostile
def test_clean_stops_everything_and_leaves_nothing_anywhere(checkout: Checkout) -> None:
    (checkout.folder / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "clean.py", checkout.folder / "scripts")
    python = checkout.folder / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)

    def clean(*words: str, expect: int = 0) -> None:
        command = [sys.executable, "scripts/clean.py", *words]
        ended = subprocess.run(command, cwd=checkout.folder, env=checkout.environment(), check=False)
        assert ended.returncode == expect

    checkout.do("start")
    checkout.do("start", "--profile", "test")
    homes = checkout.homes()
    aside = python.rename(checkout.folder / "python")
    clean("--data", expect=1)
    checkout.do("status")
    aside.rename(python)
    clean()
    assert checkout.processes() == []
    main, test = (checkout.folder / "var" / "embedded" / name for name in ("main", "test"))
    assert (main.exists(), test.exists()) == (True, False)
    checkout.python(WRITE)
    clean("--data")
    assert not (checkout.folder / "var").exists()
    assert not any(home.exists() for home in homes)

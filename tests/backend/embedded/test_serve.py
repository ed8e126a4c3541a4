"""The whole system in one terminal: started, watched, stopped."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import psutil

from .conftest import Checkout, kill, until

DEMO = ("serve", "--port", "0", "--", sys.executable, "manage.py", "demo", "{url}")


def note(checkout: Checkout) -> str:
    return (checkout.folder / "var/embedded/main/serve.json").read_text()


def ticks(checkout: Checkout) -> int:
    try:
        return len((checkout.folder / "var/ticks").read_text().splitlines())
    except FileNotFoundError:
        return 0


def free() -> str:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return str(probe.getsockname()[1])


def ask(port: str) -> str:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
            return str(answer.read().decode())
    except (OSError, urllib.error.URLError):
        return ""


def child(checkout: Checkout, word: str) -> psutil.Process:
    """The oldest process with `word` on its command line: the master of web or worker, or beat."""
    found = [process for process in checkout.processes() if word in process.cmdline()]
    return min(found, key=lambda process: process.pid)


def test_a_command_runs_against_the_system_which_then_stops(checkout: Checkout) -> None:
    assert "demo saw DATABASE_URL REDIS_URL DEMO" in checkout.do(*DEMO)
    assert checkout.processes() == []
    checkout.do(*DEMO, expect=9, TOY_EXIT="9")


def test_killed_children_come_back_and_ctrl_c_stops_all(checkout: Checkout) -> None:
    port = free()
    process = checkout.begin("serve", PORT=port)
    until(lambda: ask(port) != "")
    until(lambda: ticks(checkout) > 0)
    for word in ("gunicorn", "worker", "beat"):
        kill_and_await(checkout, word, process.pid)
    until(lambda: ask(port) != "")
    seen = ticks(checkout)
    until(lambda: ticks(checkout) > seen)
    # `make demo` while `make run` is up: one beat, one worker.
    said = checkout.do(*DEMO)
    assert f"Using the system that runs at http://127.0.0.1:{port}" in said
    assert "runs already" in checkout.do("serve", expect=1, PORT=free())
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=40)
    assert process.returncode == 0
    assert f"Shugu runs at http://127.0.0.1:{port}" in said
    assert "gzhitech" in said
    assert "web has ended (by SIGKILL)" in said
    assert "worker has ended (by SIGKILL)" in said
    assert checkout.processes() == []


def kill_and_await(checkout: Checkout, word: str, parent: int) -> None:
    """Kill a child of the supervisor `parent`, and wait for the next one."""
    old = child(checkout, word)
    kill(old)
    until(
        lambda: any(
            p.pid != old.pid and p.status() != psutil.STATUS_ZOMBIE and p.ppid() == parent and word in p.cmdline()
            for p in checkout.processes()
        )
    )


def test_nothing_outlives_a_killed_supervisor(checkout: Checkout) -> None:
    port = free()
    process = checkout.begin("serve", PORT=port)
    until(lambda: "url" in note(checkout) if ask(port) else False)
    process.kill()
    until(lambda: checkout.processes() == [])
    assert "demo saw" in checkout.do(*DEMO)


def test_a_taken_port_is_named_and_another_one_proposed(checkout: Checkout) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taker:
        port = taker.getsockname()[1]
        said = checkout.do("serve", expect=1, PORT=str(port))
    assert f"Port {port} is taken" in said
    assert f"PORT={port + 1}" in said
    assert "PORT must be a number" in checkout.do("serve", expect=1, PORT="eighty")


def test_a_system_that_cannot_start_says_why(checkout: Checkout) -> None:
    (checkout.folder / "celery_worker.py").write_text("raise RuntimeError('out of order')\n")
    said = checkout.do(*DEMO, expect=1)
    assert "does not start" in said
    assert "out of order" in said
    (checkout.folder / "manage.py").write_text("raise SystemExit(3)\n")
    assert "database could not be set up" in checkout.do(*DEMO, expect=1)
    assert checkout.processes() == []


def test_a_make_that_is_killed_takes_everything_along(checkout: Checkout) -> None:
    """`--follow-parent`: what make starts ends when make does."""
    port = free()
    script = checkout.folder / "parent.py"
    script.write_text(
        "import subprocess, sys\n"
        "words = ['-m', 'backend.embedded', 'serve', '--follow-parent', '--port', sys.argv[1]]\n"
        "subprocess.run([sys.executable, *words])\n"
    )
    parent = subprocess.Popen([sys.executable, str(script), port], cwd=checkout.folder, env=checkout.environment())
    try:
        until(lambda: ask(port) != "")
    finally:
        parent.kill()
        parent.wait()
    until(lambda: checkout.processes() == [])
    assert Path(checkout.state()["home"], "postgres", "PG_VERSION").exists()

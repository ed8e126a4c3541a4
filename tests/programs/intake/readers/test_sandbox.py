"""The reading process: what it may use, how it ends, and that nothing of it outlives its task."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from programs.intake import sandbox
from programs.intake.readers.limits import MEGABYTE, Limits
from tests.programs.intake.readers.made import HEADERS, ROWS, fatal, lines, table, xlsx

ROOT = Path(sandbox.__file__).parents[2]
PATIENCE = 60.0
EXPECTED = [(place, *row) for place, row in enumerate(ROWS, 2)]


@pytest.fixture(scope="module")
def slow() -> bytes:
    """A file that takes a second or more to read: quotes that must be followed one by one."""
    return table() + (",".join(ROWS[0][:6]) + ',x"x\r\n').encode() * 180_000


def children(parent: int) -> list[int]:
    """The running reading processes of a process."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state, above = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if int(above) == parent and state != "Z" and b"programs.intake.child" in command:
                found.append(int(entry.name))
    return found


def wait_for(what: Callable[[], object]) -> None:
    ends = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < ends
        time.sleep(0.01)


def test_bytes_and_paths(tmp_path: Path) -> None:
    path = tmp_path / "名单.exe"
    path.write_bytes(table())
    sheet = sandbox.read(table())
    assert lines(sheet) == lines(sandbox.read(path)) == lines(sandbox.read(str(path))) == EXPECTED
    assert sheet.meta["kind"] == "csv"
    assert lines(sandbox.read(xlsx([HEADERS, *ROWS]))) == EXPECTED


def test_a_refusal_comes_through() -> None:
    assert fatal(sandbox.read(b"%PDF-1.4")) == ("F01", {"reason": "pdf", "line": None})
    assert sandbox.read(b"%PDF-1.4").meta["headers"] == {}


def test_a_file_over_the_limit_is_not_even_loaded(tmp_path: Path) -> None:
    path = tmp_path / "huge"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    params = {"reason": "bytes", "limit": 50 * MEGABYTE, "found": 1 << 40}
    assert fatal(sandbox.read(path)) == ("F04", params)


def test_out_of_memory_is_the_files_fault() -> None:
    # The packages alone reserve about a gigabyte of addresses, of which they use a few dozen megabytes.
    limits = Limits(memory=1200 * MEGABYTE, max_rows=10**7, max_bytes=10**9)
    assert lines(sandbox.read(table(), limits)) == EXPECTED
    many = table() + (",".join(ROWS[0]) + "\r\n").encode() * 4_000_000
    assert fatal(sandbox.read(many, limits)) == ("F06", {"reason": "memory", "part": None})


def test_out_of_time_is_the_files_fault(slow: bytes) -> None:
    assert fatal(sandbox.read(slow, Limits(seconds=0.3))) == ("F06", {"reason": "time", "part": None})
    assert not children(os.getpid())


def test_out_of_processor_time_is_the_files_fault(slow: bytes) -> None:
    limits = Limits(cpu_seconds=1, max_rows=10**6)
    assert fatal(sandbox.read(slow * 3, limits)) == ("F06", {"reason": "time", "part": None})


def crash(monkeypatch: pytest.MonkeyPatch, folder: Path, number: signal.Signals) -> None:
    """Has every reading process end by a signal as soon as it cuts a text into records."""
    code = f"import csv, os\ncsv.reader = lambda *a, **k: os.kill(os.getpid(), {int(number)})\n"
    (folder / "sitecustomize.py").write_text(code)
    monkeypatch.setenv("PYTHONPATH", str(folder))


def test_a_crash_is_the_files_fault(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    crash(monkeypatch, tmp_path, signal.SIGSEGV)
    assert fatal(sandbox.read(table())) == ("F06", {"reason": "crash", "part": None})


def test_a_reader_killed_once_reads_again(slow: bytes) -> None:
    killed = []

    def kill_one() -> None:
        wait_for(lambda: children(os.getpid()))
        killed.extend(children(os.getpid()))
        os.kill(killed[0], signal.SIGKILL)

    killer = threading.Thread(target=kill_one)
    killer.start()
    sheet = sandbox.read(slow)
    killer.join()
    assert len(killed) == 1
    assert sheet.frame.height == 180_003


def test_a_reader_killed_every_time_refuses_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    crash(monkeypatch, tmp_path, signal.SIGKILL)
    assert fatal(sandbox.read(table())) == ("F06", {"reason": "crash", "part": None})


def test_a_task_called_off_leaves_no_reader(slow: bytes) -> None:
    asked: list[int] = []

    def should_stop() -> bool:
        asked.append(1)
        return len(asked) == 2

    with pytest.raises(sandbox.Stopped):
        sandbox.read(slow * 2, Limits(max_rows=10**6), should_stop)
    assert not children(os.getpid())


def test_a_question_that_fails_leaves_no_reader(slow: bytes) -> None:
    def should_stop() -> bool:
        raise LookupError

    with pytest.raises(LookupError):
        sandbox.read(slow * 2, Limits(max_rows=10**6), should_stop)
    assert not children(os.getpid())


def test_the_reader_dies_with_its_parent(slow: bytes, tmp_path: Path) -> None:
    path = tmp_path / "slow.csv"
    path.write_bytes(slow * 2)
    code = "import sys; from programs.intake import sandbox; sandbox.read(sys.argv[1])"
    parent = subprocess.Popen([sys.executable, "-c", code, str(path)], cwd=ROOT)
    wait_for(lambda: children(parent.pid))
    (reader,) = children(parent.pid)
    parent.kill()
    parent.wait()
    wait_for(lambda: not _alive(reader))


def _alive(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_the_reader_sees_no_secret_and_keeps_to_itself(slow: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "geheim")
    monkeypatch.setenv("DATABASE_URL", "postgres://geheim")
    seen: dict[str, object] = {}

    def look() -> None:
        wait_for(lambda: children(os.getpid()))
        (reader,) = children(os.getpid())
        here = Path(f"/proc/{reader}")
        wait_for(lambda: f"Max address space         {Limits().memory} " in (here / "limits").read_text())
        os.kill(reader, signal.SIGSTOP)
        seen["environment"] = (here / "environ").read_bytes()
        seen["session"] = os.getsid(reader) == reader != os.getsid(0)
        seen["open"] = {os.readlink(link) for link in (here / "fd").iterdir()}
        os.kill(reader, signal.SIGCONT)

    looker = threading.Thread(target=look)
    looker.start()
    sandbox.read(slow * 3, Limits(max_rows=10**6))
    looker.join()
    assert b"geheim" not in bytes(seen["environment"])  # type: ignore[call-overload]
    assert seen["session"]
    names = {str(name).split(" (")[0].split(":[")[0] for name in seen["open"]}  # type: ignore[attr-defined]
    # It may just be importing something.
    names = {name for name in names if not name.startswith((sys.prefix, sys.base_prefix))}
    # By the pipe it is told that its file is there.
    assert names <= {"/dev/null", "/memfd:submission", "/memfd:sheet", "/memfd:errors", "pipe"}


def test_a_reader_that_cannot_start_is_not_the_files_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    with pytest.raises(sandbox.SandboxError):
        sandbox.read(table())


def test_a_reader_without_its_packages_is_not_the_files_fault(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "polars.py").write_text("raise ImportError('no polars here')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(sandbox.SandboxError, match="no polars here"):
        sandbox.read(table())


def test_a_reader_started_beforehand_reads_one_file() -> None:
    with sandbox.Reader(Limits()) as reader:
        sheet = sandbox.read_packed(table(), Limits(), reader=reader).whole()
    assert lines(sheet) == EXPECTED
    assert not children(os.getpid())


def test_a_reader_that_died_waiting_is_replaced() -> None:
    with sandbox.Reader(Limits()) as reader:
        wait_for(lambda: children(os.getpid()))
        os.kill(children(os.getpid())[0], signal.SIGKILL)
        assert lines(sandbox.read_packed(table(), Limits(), reader=reader).whole()) == EXPECTED


def test_a_reader_that_is_given_nothing_is_ended() -> None:
    with sandbox.Reader(Limits()):
        wait_for(lambda: children(os.getpid()))
    assert not children(os.getpid())

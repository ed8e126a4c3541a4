"""Starting, recognising and ending processes, and locks that end with their holder."""

from __future__ import annotations

import ctypes
import fcntl
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import psutil

from backend.embedded.errors import EmbeddedError
from backend.embedded.places import Account

PR_SET_PDEATHSIG = 1
LOG_BYTES = 10 * 1024 * 1024
# Below the range from which systems hand out ports to outgoing connections, which would take ours while we are down.
PORTS = (20_000, 32_000)

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def end_with_parent(with_signal: signal.Signals) -> Callable[[], None]:
    """A function for `preexec_fn`: the child gets `with_signal` when its parent ends, however that ends.

    Linux only; elsewhere a killed parent leaves its children to be found at the next start. To be used from a main
    thread: Linux counts the end of the thread that started the child as the parent's end.
    """
    parent = os.getpid()

    def arrange() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, int(with_signal), 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return arrange


def follow_parent() -> None:
    """Ask for SIGTERM when our own parent ends (make was killed, say)."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)


def spawn(
    command: list[str],
    *,
    log: IO[bytes],
    cwd: Path,
    last_word: signal.Signals,
    account: Account | None = None,
    environment: Mapping[str, str] | None = None,
    keeps: tuple[int, ...] = (),
) -> subprocess.Popen[bytes]:
    """Start a server that ends, by `last_word`, when we do.

    Its output goes to `log`; it gets the open files `keeps` of ours along.
    """
    return subprocess.Popen(
        command,
        cwd=cwd,
        env=dict(environment) if environment is not None else None,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=end_with_parent(last_word),
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        pass_fds=keeps,
    )


def stop(process: subprocess.Popen[bytes], *words: tuple[signal.Signals, float]) -> None:
    """End a child by each signal in turn, waiting the given seconds after each; SIGKILL is the last word."""
    for word, seconds in words:
        if process.poll() is not None:
            return
        process.send_signal(word)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
    if process.poll() is None:
        process.kill()
        process.wait()


def stop_leftover(pid: int, mark: str, *words: tuple[signal.Signals, float]) -> bool:
    """End a server that an earlier, killed supervisor left, if process `pid` is indeed it.

    Args:
        pid: what a pid file says; the number may belong to somebody else by now.
        mark: text on the server's command line that no other process has, a path of ours.

    Returns:
        Whether there was such a process.
    """
    try:
        process = psutil.Process(pid)
        if not any(mark in part for part in process.cmdline()):
            return False
        for word, seconds in (*words, (signal.SIGKILL, 10.0)):
            process.send_signal(word)
            try:
                process.wait(seconds)
                return True
            except psutil.TimeoutExpired:
                continue
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied as error:
        raise EmbeddedError(
            f"Process {pid} of an earlier start still runs under another account; stop it and try again."
        ) from error
    return True


@contextmanager
def holding(path: Path, *, shared: bool = False, wait: bool = True, notice: str = "") -> Iterator[bool]:
    """Hold the lock file `path`, yielding whether we got it. The system lets go when we end, however we end.

    Args:
        shared: with others who share it.
        wait: until it is free; otherwise give up at once.
        notice: said once when there is something to wait for.
    """
    how = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    try:
        lock = path.open("a+")
    except OSError as error:
        raise EmbeddedError(
            f"Cannot open {path} ({error.strerror}). If another account runs the services of this checkout, use it "
            "under that account."
        ) from error
    with lock:
        if not wait:
            yield _got(lock, how)
            return
        # Most waits are for a look of some milliseconds, and not worth a word.
        if not wait_until(lambda: _got(lock, how), 1.0):
            if notice:
                print(notice, file=sys.stderr, flush=True)
            fcntl.flock(lock, how)
        yield True


def _got(lock: IO[str], how: int) -> bool:
    try:
        fcntl.flock(lock, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_held(path: Path) -> bool:
    """Whether somebody holds the lock file `path` for themselves alone."""
    if not path.exists():
        return False
    with holding(path, shared=True, wait=False) as got:
        return not got


def in_foreground() -> bool:
    """Whether a terminal delivers its Ctrl-C to us and to our children alike."""
    try:
        return sys.stdin.isatty() and os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (OSError, ValueError):
        return False


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen on the port now."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError:
            return False
    return True


def free_port(remembered: int | None = None) -> int:
    """The remembered port if it is free, else another that is. Raises EmbeddedError when none is found."""
    if remembered and is_free(remembered):
        return remembered
    for _ in range(200):
        port = random.randrange(*PORTS)
        if is_free(port):
            return port
    raise EmbeddedError(f"No free port was found on 127.0.0.1 between {PORTS[0]} and {PORTS[1]}.")


def open_log(path: Path) -> IO[bytes]:
    """Open a log to append to, putting it aside first when it has grown over ten megabytes."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > LOG_BYTES:
            path.replace(path.with_name(path.name + ".1"))
        return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")
    except OSError as error:
        raise EmbeddedError(f"Cannot write the log {path}: {error.strerror}.") from error


def wait_until(ready: Callable[[], bool], seconds: float, pause: float = 0.02) -> bool:
    """Ask `ready` again and again until it says yes or the time is up; returns its last answer."""
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True

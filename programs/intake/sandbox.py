"""Reading a partner's file in a process of its own that may run out of memory or time, crash, or be killed.

The process is a fresh interpreter and not a fork (polars hangs in one), in a session of its own with a bare
environment. The file and its sheet pass through anonymous memory, so neither comes to rest on a disk in the clear.
"""

import io
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

import polars as pl

from programs.intake.child import READY, SIZE
from programs.intake.readers.limits import Limits, Refused
from programs.intake.readers.sheet import Sheet, refused

logger = logging.getLogger(__name__)

_ROOT = Path(__file__).resolve().parents[2]
_TICK = 0.05
_ASK_EVERY = 0.5
_KILLED_FROM_OUTSIDE = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_REASONS: dict[int, str] = {signal.SIGXCPU: "time", signal.SIGABRT: "memory"}
_PASSED_ON = ("LD_LIBRARY_PATH", "PYTHONPATH", "TZ")


class Stopped(Exception):
    """Reading was given up because ``should_stop`` said so; the reading process is gone."""


class SandboxError(ConnectionError):
    """The reading process could not be started or set up: no fault of the file's; trying again may help.

    Like a broken connection, and told as one, so that a job which meets it is done again.
    """


def read(
    source: bytes | str | Path, limits: Limits | None = None, should_stop: Callable[[], bool] | None = None
) -> Sheet:
    """The sheet in a partner's CSV, XLSX or XLS file.

    Args:
        source: the file's bytes, or a path to it.
        limits: what the file may hold and reading it may cost.
        should_stop: asked twice a second; once it answers true the reading process is killed.

    Returns:
        the sheet; its meta holds a fatal finding if the file is refused: F01 to F05 by the reader, F06 also where the
        reader ran out of memory or time or crashed on it. A reader killed from outside is started once more first.

    Raises:
        Stopped: ``should_stop`` answered true.
        SandboxError: the process could not be started.
    """
    limits = limits or Limits()
    for _ in range(2):
        sheet = _read_once(source, limits, should_stop)
        if sheet is not None:
            return sheet
    return refused(Refused("F06", reason="crash", part=None))


def _read_once(source: bytes | str | Path, limits: Limits, should_stop: Callable[[], bool] | None) -> Sheet | None:
    """One attempt; None if somebody else killed the process."""
    with _opened(source) as given, _memory("sheet") as result, _memory("errors") as errors:
        child = _start(given, result, errors, limits)
        try:
            code = _wait(child, limits.seconds, should_stop)
        finally:
            _kill(child)
        result.seek(0)
        if code == 0:
            return _result(result)
        if code is None:
            return refused(Refused("F06", reason="time", part=None))
        if code < 0 and -code in _KILLED_FROM_OUTSIDE:
            return None
        if result.read(1) != READY:
            errors.seek(0)
            raise SandboxError(
                f"the reading process ended with {code}: {errors.read()[-2000:].decode(errors='replace')}"
            )
        reason = _REASONS.get(-code, "crash") if code < 0 else "memory"
        return refused(Refused("F06", reason=reason, part=None))


def _opened(source: bytes | str | Path) -> BinaryIO:
    if not isinstance(source, bytes):
        return open(source, "rb")
    file = _memory("submission")
    file.write(source)
    file.flush()
    file.seek(0)
    return file


def _memory(name: str) -> BinaryIO:
    """A file that is nowhere; where the system has no such thing, one that has no name."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create(name), "w+b")
    return tempfile.TemporaryFile()


def _start(given: BinaryIO, result: BinaryIO, errors: BinaryIO, limits: Limits) -> subprocess.Popen[bytes]:
    numbers = (given.fileno(), result.fileno())
    command = [sys.executable, "-m", "programs.intake.child", *map(str, numbers), str(os.getpid())]
    bare = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    try:
        return subprocess.Popen(
            [*command, json.dumps(asdict(limits))],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            cwd=_ROOT,
            env=bare | {"PATH": os.defpath, "LANG": "C.UTF-8", "POLARS_MAX_THREADS": "2"},
            pass_fds=numbers,
            start_new_session=True,
        )
    except OSError as error:
        raise SandboxError(f"the reading process could not be started: {error}") from error


def _wait(child: subprocess.Popen[bytes], seconds: float, should_stop: Callable[[], bool] | None) -> int | None:
    """The process's return code, None if its time is up."""
    ends, asks = time.monotonic() + seconds, time.monotonic() + _ASK_EVERY
    while True:
        with suppress(subprocess.TimeoutExpired):
            return child.wait(_TICK)
        now = time.monotonic()
        if now > ends:
            return None
        if should_stop and now > asks:
            if should_stop():
                raise Stopped
            asks = now + _ASK_EVERY


def _kill(child: subprocess.Popen[bytes]) -> None:
    """Kills the process's whole group if it still runs, and collects it."""
    if child.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _result(result: BinaryIO) -> Sheet:
    data = memoryview(result.read())
    start = len(READY) + SIZE.size
    (length,) = SIZE.unpack_from(data, len(READY))
    meta = json.loads(bytes(data[start : start + length]))
    if "trouble" in meta:
        logger.error("The reader stumbled over a file, which was refused as damaged: %s", meta.pop("trouble"))
    frame = pl.read_ipc(io.BytesIO(data[start + length :]))
    return Sheet(frame, meta)

"""Reading a partner's file in a process of its own that may run out of memory or time, crash, or be killed.

The process is a fresh interpreter and not a fork (polars hangs in one), in a session of its own with a bare
environment. The file and its sheet pass through anonymous memory, so neither comes to rest on a disk in the clear.
"""

import json
import logging
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import BinaryIO, Self

from programs.intake.child import GO, READY, SIZE
from programs.intake.columns import LAYOUT
from programs.intake.layout import Layout
from programs.intake.packing import PackedSheet, pack_sheet
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
    """As ``read_packed``, unpacked."""
    return read_packed(source, limits, should_stop).whole()


def read_packed(
    source: bytes | str | Path,
    limits: Limits | None = None,
    should_stop: Callable[[], bool] | None = None,
    reader: "Reader | None" = None,
    layout: Layout = LAYOUT,
) -> PackedSheet:
    """The sheet in a partner's CSV, XLSX or XLS file.

    Args:
        source: the file's bytes, or a path to it.
        limits: what the file may hold and reading it may cost.
        should_stop: asked twice a second; once it answers true the reading process is killed.
        reader: a process that was started for bytes beforehand, with the same limits and layout.
        layout: the columns of the template that is looked for.

    Returns:
        the sheet; its meta holds a fatal finding if the file is refused: F01 to F05 by the reader, F06 also where the
        reader ran out of memory or time or crashed on it. A reader killed from outside is started once more first.

    Raises:
        Stopped: ``should_stop`` answered true.
        SandboxError: the process could not be started.
    """
    data, path = (source, None) if isinstance(source, bytes) else (b"", source)
    for first in (True, False):
        with reader if reader and first else Reader(limits or Limits(), path, layout) as attempt:
            sheet = attempt.read(data, should_stop)
        if sheet is not None:
            return sheet
    return _refused("crash")


class Reader:
    """A reading process for one file, which loads its packages while the file is still on the way."""

    def __init__(self, limits: Limits, path: str | Path | None = None, layout: Layout = LAYOUT) -> None:
        """
        Args:
            limits: what the file may hold and reading it may cost.
            path: where the file lies; otherwise its bytes come with ``read``.
            layout: the columns of the template that is looked for.

        Raises:
            SandboxError: the process could not be started.
        """
        self._seconds = limits.seconds
        with ExitStack() as stack:
            self._file = stack.enter_context(_memory("submission") if path is None else _opened(path))
            self._sheet = stack.enter_context(_memory("sheet"))
            self._errors = stack.enter_context(_memory("errors"))
            self._child = _start(self._file, self._sheet, self._errors, limits, layout)
            stack.callback(_kill, self._child)
            self._open = stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Ends the process, whatever it is at."""
        self._open.close()

    def read(self, data: bytes, should_stop: Callable[[], bool] | None = None) -> PackedSheet | None:
        """The sheet in the file, as ``read_packed`` tells; None if somebody else killed the process."""
        if data:
            self._file.write(data)
            self._file.flush()
            self._file.seek(0)
        _tell(self._child)
        code = _wait(self._child, self._seconds, should_stop)
        self._sheet.seek(0)
        if code == 0:
            return sheet_in(self._sheet)
        if code is None:
            return _refused("time")
        if code < 0 and -code in _KILLED_FROM_OUTSIDE:
            return None
        if self._sheet.read(1) != READY:
            self._errors.seek(0)
            said = self._errors.read()[-2000:].decode(errors="replace")
            raise SandboxError(f"the reading process ended with {code}: {said}")
        return _refused(_REASONS.get(-code, "crash") if code < 0 else "memory")


def _refused(reason: str) -> PackedSheet:
    return pack_sheet(refused(Refused("F06", reason=reason, part=None)))


def _opened(path: str | Path) -> BinaryIO:
    return open(path, "rb")


def _memory(name: str) -> BinaryIO:
    """A file that is nowhere; where the system has no such thing, one that has no name."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create(name), "w+b")
    return tempfile.TemporaryFile()


def _start(
    given: BinaryIO, result: BinaryIO, errors: BinaryIO, limits: Limits, layout: Layout
) -> subprocess.Popen[bytes]:
    numbers = (given.fileno(), result.fileno())
    command = [sys.executable, "-m", "programs.intake.child", *map(str, numbers), str(os.getpid())]
    bare = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    try:
        return subprocess.Popen(
            [*command, json.dumps(asdict(limits)), json.dumps(layout.told())],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            cwd=_ROOT,
            env=bare | {"PATH": os.defpath, "LANG": "C.UTF-8", "POLARS_MAX_THREADS": "2"},
            pass_fds=numbers,
            start_new_session=True,
        )
    except OSError as error:
        raise SandboxError(f"the reading process could not be started: {error}") from error


def _tell(child: subprocess.Popen[bytes]) -> None:
    """Has the process begin; one that has ended already is found to have."""
    assert child.stdin is not None
    with suppress(BrokenPipeError):
        os.write(child.stdin.fileno(), GO)


def _wait(child: subprocess.Popen[bytes], seconds: float, should_stop: Callable[[], bool] | None) -> int | None:
    """The process's return code, None if its time is up."""
    ends, asks = time.monotonic() + seconds, time.monotonic() + _ASK_EVERY
    with _watched(child) as ended:
        while not ended(_TICK):
            now = time.monotonic()
            if now > ends:
                return None
            if should_stop and now > asks:
                if should_stop():
                    raise Stopped
                asks = now + _ASK_EVERY
    return child.wait()


def _ends_within(child: subprocess.Popen[bytes], seconds: float) -> bool:
    with suppress(subprocess.TimeoutExpired):
        child.wait(seconds)
    return child.returncode is not None


@contextmanager
def _watched(child: subprocess.Popen[bytes]) -> Iterator[Callable[[float], bool]]:
    """Something that waits for so many seconds and says whether the process has ended; told at once where it can be."""
    if not hasattr(os, "pidfd_open"):
        yield partial(_ends_within, child)
        return
    watch = os.pidfd_open(child.pid)
    try:
        yield lambda seconds: bool(select.select([watch], [], [], seconds)[0])
    finally:
        os.close(watch)


def _kill(child: subprocess.Popen[bytes]) -> None:
    """Kills the process's whole group if it still runs, and collects it."""
    if child.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    if child.stdin is not None:
        child.stdin.close()


def sheet_in(result: BinaryIO) -> PackedSheet:
    """The sheet that a reading process has written to a file, from its first byte on."""
    end = result.seek(-SIZE.size, os.SEEK_END)
    (length,) = SIZE.unpack(result.read())
    result.seek(end - length)
    meta = json.loads(result.read(length))
    if "trouble" in meta:
        logger.error("The reader stumbled over a file, which was refused as damaged: %s", meta.pop("trouble"))
    result.seek(len(READY))
    return PackedSheet(result.read(end - length - len(READY)), meta)

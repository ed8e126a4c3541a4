"""Having a file decoded and a small picture made of it, by a process that may run out of memory or time, or crash.

The process is a fresh interpreter with a bare environment and no way to the database; the file and the picture pass
through anonymous memory, so that neither comes to rest on a disk in the clear.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from backend.vault.files.media import Outline, Refused

_ROOT = Path(__file__).resolve().parents[3]
_PASSED_ON = ("LD_LIBRARY_PATH", "PYTHONPATH", "TZ")
_KILLED_FROM_OUTSIDE = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_MEMORY = 1 << 30
_CPU_SECONDS = 10
_SECONDS = 30.0


class Unfinished(ConnectionError):
    """The process could not be started, or was killed by somebody else: no fault of the file's; try again."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A file as it was decoded: its pages (1 for an image), the first one's pixels, and a small JPEG of it."""

    pages: int
    width: int
    height: int
    thumbnail: bytes


def draw(data: bytes, of: Outline, *, most_pixels: int, most_pages: int) -> Picture:
    """Decode ``data`` wholly, if it is an image, or its first page, and make a small picture of it.

    Args:
        data: the file.
        of: what its outline was found to be.
        most_pixels: more are refused.
        most_pages: a PDF with more is refused.

    Raises:
        Refused: it cannot be decoded, is encrypted, active, or larger than is taken, or decoding takes too long.
        Unfinished: the process could not do its work; trying again may help.
    """
    limits = {"pixels": most_pixels, "pages": most_pages}
    with _memory("evidence") as given, _memory("picture") as made:
        given.write(data)
        given.flush()
        given.seek(0)
        code = _run(given, made, of.media, limits)
        made.seek(0)
        head = made.readline()
        if code < 0 and -code in _KILLED_FROM_OUTSIDE:
            raise Unfinished("The drawing process was killed.")
        if code or not head.endswith(b"\n"):
            # Whatever it stumbled over, or ran out of, stood in the file.
            raise Refused("damaged")
        told = json.loads(head)
        if "fault" in told:
            raise Refused(told["fault"])
        return Picture(told["pages"], told["width"], told["height"], made.read())


def _run(given: BinaryIO, made: BinaryIO, media: str, limits: dict[str, int]) -> int:
    numbers = (given.fileno(), made.fileno())
    bounds = {"memory": _MEMORY, "cpu_seconds": _CPU_SECONDS, **limits}
    command = [sys.executable, "-m", "backend.vault.files.drawing", *map(str, numbers), str(os.getpid())]
    bare = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    try:
        child = subprocess.Popen(
            [*command, media, json.dumps(bounds)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT,
            env=bare | {"PATH": os.defpath, "LANG": "C.UTF-8"},
            pass_fds=numbers,
            start_new_session=True,
        )
    except OSError as error:
        raise Unfinished(f"The drawing process could not be started: {error}") from error
    try:
        return child.wait(_SECONDS)
    except subprocess.TimeoutExpired:
        return 1
    finally:
        if child.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def _memory(name: str) -> BinaryIO:
    """A file that is nowhere; where the system has no such thing, one that has no name."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create(name), "w+b")
    return tempfile.TemporaryFile()

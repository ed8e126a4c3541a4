"""What is given out of the house of the chain's head, and read back from where it was kept.

An anchor is one line of JSON. Whoever keeps it elsewhere can hold the chain to it: nobody, not the owner of the
database with every key, can make a chain that has another head then and this one now.
"""

import datetime as dt
import json
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from backend.chain.canonical import utc

logger = logging.getLogger(__name__)

FORMAT = "shugu-audit-anchor/1"
FILE = "audit-anchors.jsonl"


class NoAnchor(ValueError):
    """A line of a file is no anchor; the text says which."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """The head of the chain at a seal: ``entries`` were sealed up to it, ``entry`` the highest id among them."""

    seal: int
    entries: int
    entry: int | None
    sealed_at: dt.datetime
    head: str

    def line(self) -> str:
        """The anchor as it is given out."""
        return json.dumps(
            {
                "format": FORMAT,
                "seal": self.seal,
                "entries": self.entries,
                "entry": self.entry,
                "sealed_at": utc(self.sealed_at),
                "head": self.head,
            }
        )


def parsed(line: str) -> Anchor:
    """An anchor as it was given out.

    Raises:
        NoAnchor: it is none.
    """
    try:
        told = json.loads(line)
        if told["format"] != FORMAT:
            raise NoAnchor(f"its format is {told['format']}, not {FORMAT}")
        sealed_at = dt.datetime.fromisoformat(told["sealed_at"])
        entry = None if told["entry"] is None else int(told["entry"])
        return Anchor(int(told["seal"]), int(told["entries"]), entry, sealed_at, str(told["head"]))
    except (KeyError, TypeError, ValueError) as error:
        raise NoAnchor(str(error) or type(error).__name__) from error


def read(path: Path) -> Iterator[Anchor]:
    """The anchors of a file, empty lines passed over.

    Raises:
        OSError: it cannot be read.
        NoAnchor: a line is none; the text names it.
    """
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if line.strip():
            try:
                yield parsed(line)
            except NoAnchor as error:
                raise NoAnchor(f"line {number} of {path} is no anchor: {error}") from error


def folder_file() -> Path | None:
    """The file in ``AUDIT_ANCHOR_FOLDER``; ``None`` where no folder is set."""
    return Path(settings.AUDIT_ANCHOR_FOLDER) / FILE if settings.AUDIT_ANCHOR_FOLDER else None


def kept() -> list[Anchor]:
    """The anchors in ``AUDIT_ANCHOR_FOLDER``; what is none or cannot be read is logged and passed over."""
    path = folder_file()
    found: list[Anchor] = []
    try:
        lines = path.read_text("utf-8").splitlines() if path and path.exists() else []
    except OSError as error:
        logger.warning("The anchors in %s cannot be read: %s", path, error.strerror)
        return found
    for number, line in enumerate(lines, 1):
        try:
            if line.strip():
                found.append(parsed(line))
        except NoAnchor as error:
            logger.warning("Line %s of %s is no anchor: %s", number, path, error)
    return found


def append(path: Path, anchor: Anchor) -> None:
    """Adds an anchor to a file, which is on the disk when this returns.

    Raises:
        OSError: it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o640)
    try:
        # What a full disk cut off stays a line of its own.
        size = os.fstat(descriptor).st_size
        torn = size and os.pread(descriptor, 1, size - 1) != b"\n"
        line = (("\n" if torn else "") + anchor.line() + "\n").encode()
        # One write: with O_APPEND the lines of two processes do not run into each other.
        written = os.write(descriptor, line)
        if written != len(line):
            raise OSError(f"{path} took {written} of {len(line)} bytes")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

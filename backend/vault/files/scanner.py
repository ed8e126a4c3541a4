"""Asking a virus scanner about bytes, in the stream protocol of ClamAV's daemon.

We send ``zINSTREAM`` and a NUL, then the bytes in chunks that each follow their length in four bytes, then a length of
zero. It answers ``stream: OK``, ``stream: NAME FOUND`` or a sentence that ends in ``ERROR``, and a NUL; see clamd(8).
"""

import logging
import select
import socket
import struct
import time
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 5.0
CHUNK_BYTES = 256 * 1024
PORT = 3310
LONGEST_ANSWER = 4096
LONGEST_NAME = 100
_LENGTH = struct.Struct(">I")
_TOO_LARGE = "size limit exceeded"


class Unreachable(ConnectionError):
    """The scanner is away, is too slow, or cannot scan at the moment: trying again may help."""


class TooLarge(Exception):
    """The scanner takes no stream of this size; its ``StreamMaxLength`` must reach our ``UPLOAD_BYTES``."""


class Verdict(NamedTuple):
    """What a scanner says: whether it looked at all, and the name of what it found, empty if nothing."""

    scanned: bool
    threat: str


def scan(data: bytes) -> Verdict:
    """What the scanner at ``CLAMD_URL`` finds in ``data``; without one nothing is scanned and nothing found.

    Raises:
        Unreachable: it gave no verdict, and ``CLAMD_REQUIRED`` says that nothing is read without one.
        TooLarge: likewise, and it never will.
        ImproperlyConfigured: ``CLAMD_URL`` names no place.
    """
    if not settings.CLAMD_URL:
        return Verdict(scanned=False, threat="")
    try:
        return Verdict(scanned=True, threat=_threat(_answer(data, settings.CLAMD_URL, settings.CLAMD_SECONDS)))
    except (Unreachable, TooLarge) as error:
        if settings.CLAMD_REQUIRED:
            raise
        logger.warning("A file is read without a scan, as CLAMD_REQUIRED=0 allows: %s", error)
        return Verdict(scanned=False, threat="")


def _place(url: str) -> tuple[socket.AddressFamily, str | tuple[str, int]]:
    try:
        parts = urlsplit(url)
        if parts.scheme == "tcp" and parts.hostname:
            return socket.AF_UNSPEC, (parts.hostname, parts.port or PORT)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme == "unix" and not parts.netloc and parts.path:
        return socket.AF_UNIX, parts.path
    raise ImproperlyConfigured("CLAMD_URL is tcp://host:port or unix:///path/to/socket.")


def _answer(data: bytes, url: str, seconds: float) -> str:
    """The scanner's answer, without the NUL at its end."""
    family, place = _place(url)
    ends = time.monotonic() + seconds
    try:
        with _connected(family, place, min(CONNECT_SECONDS, seconds)) as line:
            # On a stream that is too long for it the scanner hangs up, and has said so before.
            with suppress(BrokenPipeError, ConnectionResetError):
                _send(line, data, ends)
            return _received(line, ends)
    except OSError as error:
        raise Unreachable(f"The virus scanner did not answer ({type(error).__name__}).") from error


def _connected(family: socket.AddressFamily, place: str | tuple[str, int], seconds: float) -> socket.socket:
    if isinstance(place, tuple):
        return socket.create_connection(place, seconds)
    line = socket.socket(family, socket.SOCK_STREAM)
    try:
        line.settimeout(seconds)
        line.connect(place)
    except OSError:
        line.close()
        raise
    return line


def _send(line: socket.socket, data: bytes, ends: float) -> None:
    """Sends the stream, or as much of it as the scanner takes before it answers."""
    view = memoryview(data)
    pieces: list[bytes | memoryview] = [b"zINSTREAM\0"]
    for start in range(0, len(view), CHUNK_BYTES):
        chunk = view[start : start + CHUNK_BYTES]
        pieces += [_LENGTH.pack(len(chunk)), chunk]
    pieces.append(_LENGTH.pack(0))
    for piece in pieces:
        if select.select([line], [], [], 0)[0]:
            return
        line.settimeout(_left(ends))
        line.sendall(piece)


def _received(line: socket.socket, ends: float) -> str:
    answer = b""
    while b"\0" not in answer and len(answer) < LONGEST_ANSWER:
        line.settimeout(_left(ends))
        try:
            piece = line.recv(LONGEST_ANSWER)
        except ConnectionResetError:
            piece = b""
        if not piece:
            break
        answer += piece
    return answer.partition(b"\0")[0].decode("utf-8", "replace").strip()


def _left(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError("no answer in time")
    return left


def _threat(answer: str) -> str:
    """The name in an answer, empty for a clean file."""
    if answer == "stream: OK":
        return ""
    if answer.startswith("stream: ") and answer.endswith("FOUND"):
        name = answer.removeprefix("stream: ").removesuffix("FOUND").strip()
        return "".join(character for character in name if character.isprintable())[:LONGEST_NAME] or "unnamed"
    if _TOO_LARGE in answer:
        raise TooLarge("The virus scanner takes no file of this size; the operators must raise its limit.")
    raise Unreachable("The virus scanner gave no verdict.")

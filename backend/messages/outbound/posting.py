"""Posting to a place that somebody else has named: checked, bounded in time and size, and never led elsewhere.

The name is resolved once and the connection made to the very address that was checked, so that a second answer of the
resolver changes nothing. The certificate is checked for the name. Redirects are answers like any other. Proxies that
the environment names are not used: they would resolve the name again.
"""

import http.client
import io
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings

from backend.messages.outbound import addresses

SECONDS = 10.0
"""How long connecting, handing over and listening may take together."""

KEPT_BYTES = 2000
RECEIVED_BYTES = 64 * 1024
SENT_BYTES = 256 * 1024
LONGEST = 500
LONGEST_NUMBER = 9
TRIED_ADDRESSES = 3


class Blocked(Exception):
    """The place may not be posted to, whoever asks. ``code`` says why, ``detail`` what it was about."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code} {detail}".strip())
        self.code, self.detail = code, detail


class NotHandedOver(Exception):
    """Nothing reached the other side: no such name, no connection, no certificate that fits."""


class Unanswered(Exception):
    """It was handed over, at least in part, and no answer came in time."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the other side answered: its status, and its body's beginning as far as it came in time.

    ``rest``: for how many seconds it asks to be left alone, by its ``Retry-After``; nothing where it does not.
    """

    status: int
    body: bytes
    rest: float | None = None

    @property
    def text(self) -> str:
        """The beginning of the body in one line."""
        plain = self.body.decode("utf-8", "replace")
        return " ".join("".join(sign if sign.isprintable() else " " for sign in plain).split())


@dataclass(frozen=True, slots=True)
class Place:
    """Where to post: a name or address, a port, and what is asked there."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def header(self) -> str:
        """The ``Host`` header."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == (443 if self.scheme == "https" else 80) else f"{name}:{self.port}"


def place_of(url: str) -> Place:
    """A place as it was written down, checked as far as that goes without asking a resolver.

    Raises:
        Blocked: ``unreadable``, ``not_https``, ``port``, or ``not_public`` where it is written as an address.
    """
    if not 0 < len(url) <= LONGEST or any(not sign.isprintable() or sign in " \\" for sign in url):
        raise Blocked("unreadable")
    try:
        parts = urlsplit(url)
        # Whoever names a host in other letters than these means the name that is registered for it.
        host = (parts.hostname or "").encode("idna").decode() if ":" not in (parts.hostname or "") else parts.hostname
        port = parts.port if parts.port is not None else 443 if parts.scheme == "https" else 80
    except ValueError:
        raise Blocked("unreadable") from None
    lenient = settings.OUTBOUND_LOOPBACK
    if parts.scheme != "https" and not (lenient and parts.scheme == "http"):
        raise Blocked("not_https")
    if not host or "@" in parts.netloc or parts.fragment or not (parts.path + parts.query).isascii():
        raise Blocked("unreadable")
    if port not in settings.OUTBOUND_PORTS and not lenient:
        raise Blocked("port", str(port))
    place = Place(parts.scheme, host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
    try:
        literal = addresses.read(host)
    except ValueError:
        return place
    _check(place, literal)
    return place


def post(url: str, body: bytes, headers: Mapping[str, str], *, seconds: float = SECONDS) -> Reply:
    """Posts ``body`` and gives back what was answered, whatever its status.

    Args:
        seconds: for all of it together.

    Raises:
        Blocked: the place may not be posted to, or the body is too large.
        NotHandedOver: nothing reached the other side.
        Unanswered: something did, and no status came back.
    """
    if len(body) > SENT_BYTES:
        raise Blocked("too_large", str(len(body)))
    place, deadline = place_of(url), time.monotonic() + seconds
    line = _connected(place, deadline)
    try:
        connection = http.client.HTTPConnection(place.host, place.port)
        connection.sock = _Line(line, deadline)
        own = {"Host": place.header, "User-Agent": "Shugu", "Accept-Encoding": "identity", "Connection": "close"}
        connection.request("POST", place.target, body, {**headers, **own})
        answer = connection.getresponse()
        rest = rest_of(answer.getheader("Retry-After", ""), answer.getheader("Date", ""))
        return Reply(answer.status, _beginning(answer), rest)
    except (OSError, http.client.HTTPException) as error:
        raise Unanswered(_named(error)) from error
    finally:
        line.close()


def rest_of(said: str, dated: str) -> float | None:
    """How many seconds a ``Retry-After`` asks for: written as a number, or as a moment by the clock of who says it.

    Args:
        said: the header, or nothing.
        dated: the answer's own ``Date``; without it a moment tells nothing, because no clock of ours is asked.
    """
    said = said.strip()
    if said.isascii() and said.isdecimal():
        return float(said[:LONGEST_NUMBER])
    try:
        return max((parsedate_to_datetime(said) - parsedate_to_datetime(dated)).total_seconds(), 0.0)
    except (TypeError, ValueError):
        return None


def _connected(place: Place, deadline: float) -> socket.socket:
    refused: Exception | None = None
    for family, address in _resolved(place)[:TRIED_ADDRESSES]:
        line = socket.socket(family, socket.SOCK_STREAM)
        try:
            line.settimeout(_left(deadline))
            line.connect(address)
            if place.scheme == "https":
                line = _context(settings.OUTBOUND_CA_FILE).wrap_socket(line, server_hostname=place.host)
            return line
        except OSError as error:
            line.close()
            refused = error
    raise NotHandedOver(_named(refused)) from refused


def _resolved(place: Place) -> list[tuple[int, tuple[str, int]]]:
    """Every address of the place, asked for once; one that may not be connected to is enough to connect to none."""
    try:
        found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotHandedOver(_named(error)) from error
    for _family, _type, _protocol, _name, address in found:
        _check(place, addresses.read(str(address[0])))
    return [(family, (str(address[0]), place.port)) for family, _type, _protocol, _name, address in found]


def _check(place: Place, address: addresses.Address) -> None:
    fault = addresses.fault(address)
    ours = fault == "loopback" and settings.OUTBOUND_LOOPBACK
    if fault and not ours:
        raise Blocked("not_public", f"{address} ({fault})")
    if not ours and (place.scheme != "https" or place.port not in settings.OUTBOUND_PORTS):
        # The leave to do without belongs to this machine's own addresses.
        raise Blocked("not_https" if place.scheme != "https" else "port", str(place.port))


def _beginning(answer: http.client.HTTPResponse) -> bytes:
    """What came of the body in time: the status stands, however slowly the rest follows."""
    body = b""
    try:
        while len(body) < KEPT_BYTES:
            more = answer.read1(KEPT_BYTES - len(body))
            if not more:
                break
            body += more
    except (OSError, http.client.HTTPException):
        pass
    return body


@cache
def _context(authorities: str) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if authorities:
        context.load_verify_locations(authorities)
    return context


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("the time is over")
    return left


def _named(error: Exception | None) -> str:
    return f"{type(error).__name__}: {error}"[:300]


class _Line:
    """A connection as ``http.client`` uses one, which waits until one moment altogether and takes so much in all."""

    def __init__(self, line: socket.socket, deadline: float) -> None:
        self._line, self._deadline = line, deadline

    def sendall(self, data: bytes) -> None:
        self._line.settimeout(_left(self._deadline))
        self._line.sendall(data)

    def makefile(self, *_mode: object, **_options: object) -> io.BufferedReader:
        return io.BufferedReader(_Incoming(self._line, self._deadline))

    def close(self) -> None:
        """The connection is closed by whoever opened it."""


class _Incoming(io.RawIOBase):
    def __init__(self, line: socket.socket, deadline: float) -> None:
        self._line, self._deadline, self._taken = line, deadline, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if self._taken >= RECEIVED_BYTES:
            raise OSError("the answer is too long")
        self._line.settimeout(_left(self._deadline))
        taken = self._line.recv_into(buffer)
        self._taken += taken
        return taken

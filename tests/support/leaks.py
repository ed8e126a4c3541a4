"""Looking for identity numbers where none may be: in the clear, and in the disguises that software puts texts into.

A place is given as bytes. It is looked at as it is, without NUL bytes (UTF-16), with JSON's and XML's escapes undone,
backwards, with hexadecimal runs and base64 decoded (in whichever phase the number begins, and once more inside), and
unpacked where it is an archive. In each view full-width forms and case are folded, and what parts digits is left out.
"""

import base64
import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
import redis
from django.conf import settings
from stdnum.iso7064 import mod_11_2

from tests.support.databases import admin_url

DEPTH = 2
_SHAPES = (
    re.compile(r"(?=(\d{17}[\dX]))"),
    re.compile(r"(?=([A-Z]\d{8}))"),
    re.compile(r"(?=([A-Z]\d{10}))"),
    re.compile(r"(?=([A-Z]{3}\d{12}))"),
)
_PARTING = re.compile(r"(?<=[0-9A-Z])[\s\-._/·:]{1,2}(?=[0-9X])")
_UNICODE = re.compile(rb"\\u([0-9A-Fa-f]{4})")
_ESCAPE = re.compile(rb"(?:\\x|%|&#x)([23][0-9A-Fa-f]|5[8]|7[8]|4[0-9A-Fa-f]);?")
_DECIMAL_ESCAPE = re.compile(rb"&#(\d{2,3});")
_HEX = re.compile(rb"(?:[0-9A-Fa-f]{2}){9,}")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_\-]{12,}={0,2}")
_RESIDENT = re.compile(r"(?<!\d)(?=([1-9]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]))")


@dataclass(frozen=True, slots=True)
class Leak:
    """That a number stands where it may not: where, and in which disguise."""

    where: str
    view: str
    number: str


class Finder:
    """Finds numbers of a population in bytes."""

    def __init__(self, numbers: Collection[str]) -> None:
        self._numbers = frozenset(one.upper() for one in numbers)

    def leaks(self, where: str, data: bytes) -> set[Leak]:
        """Every number that stands in ``data``."""
        return {
            Leak(where, view, found)
            for view, text in views(data)
            for shape in _SHAPES
            for found in shape.findall(text)
            if found in self._numbers
        }


def resident_runs(data: bytes) -> set[str]:
    """Runs of eighteen in the clear that are resident numbers by their day of birth and their check digit."""
    text = data.decode("utf-8", "replace").upper()
    return {found for found in _RESIDENT.findall(text) if mod_11_2.is_valid(found)}


def views(data: bytes, depth: int = DEPTH, name: str = "") -> Iterator[tuple[str, str]]:
    """The ways in which a place is looked at."""
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for inside in archive.namelist():
                yield from views(archive.read(inside), depth, f"{name} {inside}")
        return
    if data[:2] == b"\x1f\x8b":
        yield from views(zlib.decompress(data, 31), depth, f"{name} unpacked")
        return
    bare = data.replace(b"\0", b"")
    plain = _folded(bare)
    yield f"{name} plain".strip(), plain
    yield f"{name} backwards".strip(), plain[::-1]
    undone = _DECIMAL_ESCAPE.sub(lambda one: bytes([int(one[1])]) if int(one[1]) < 256 else one[0], bare)
    undone = _ESCAPE.sub(lambda one: bytes([int(one[1], 16)]), undone)
    undone = _UNICODE.sub(lambda one: chr(int(one[1], 16)).encode("utf-8", "replace"), undone)
    if undone != bare:
        yield f"{name} escapes".strip(), _folded(undone)
    if not depth:
        return
    for disguise, found in (("hex", _from_hex(bare)), ("base64", _from_base64(bare))):
        decoded = b"\n".join(found)
        if decoded:
            yield from views(decoded, depth - 1, f"{name} {disguise}".strip())


def _folded(data: bytes) -> str:
    text = data.decode("utf-8", "replace")
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return _PARTING.sub("", text.upper())


def _from_hex(data: bytes) -> Iterator[bytes]:
    for run in _HEX.findall(data):
        for phase in (0, 1):
            part = run[phase:]
            yield bytes.fromhex(part[: len(part) // 2 * 2].decode())


def _from_base64(data: bytes) -> Iterator[bytes]:
    for run in _BASE64.findall(data):
        plain = run.rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
        for phase in range(4):
            part = plain[phase:]
            yield base64.b64decode(part[: len(part) // 4 * 4])
            yield base64.b64decode(part + b"=" * (-len(part) % 4)) if len(part) % 4 != 1 else b""


def tables(database: str) -> Iterator[tuple[str, bytes]]:
    """Every table of a database, whole: each row as text, what it holds of bytes in hexadecimal."""
    with psycopg.connect(admin_url(), dbname=database) as link, link.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        for (table,) in cursor.fetchall():
            with cursor.copy(f'COPY (SELECT told::text FROM "{table}" AS told) TO STDOUT') as copy:
                yield f"table {table}", b"".join(bytes(part) for part in copy)


def broker() -> Iterator[tuple[str, bytes]]:
    """Everything that Valkey holds, whosever: keys and values as they are kept."""
    client: Any = redis.Redis.from_url(settings.REDIS_URL)
    readers: Mapping[bytes, Callable[[bytes], list[bytes]]] = {
        b"string": lambda key: [client.get(key) or b""],
        b"list": lambda key: client.lrange(key, 0, -1),
        b"set": lambda key: list(client.smembers(key)),
        b"zset": lambda key: client.zrange(key, 0, -1),
        b"hash": lambda key: [part for pair in client.hgetall(key).items() for part in pair],
    }
    for key in client.scan_iter("*", count=1000):
        kind = client.type(key)
        # What has lapsed meanwhile is of no kind.
        values = readers[kind](key) if kind != b"none" else []
        yield f"broker {key.decode('utf-8', 'replace')}", b"\n".join([key, *values])
    client.close()

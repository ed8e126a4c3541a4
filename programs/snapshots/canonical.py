"""The one way of writing a snapshot down, from which its digest is made, so that anybody can make it again.

The form is the JSON Canonicalization Scheme (RFC 8785): members sorted by name, no white space, numbers as ECMAScript
writes them, UTF-8. What it holds is ``told``; the digest is its SHA-256. The digest of the snapshot before stands in it
under ``previous``, ``null`` in the first one.
"""

import datetime as dt
import hashlib
import json
import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from programs.snapshots.models import Snapshot

FORMAT = "shugu-snapshot/1"
EXACT = 2**53
"""Up to here a whole number is itself; beyond, the scheme knows it as the nearest number of double precision."""


def told(snapshot: Snapshot, previous: str | None) -> dict[str, Any]:
    """Everything that a snapshot's digest answers for.

    Args:
        snapshot: with its plan; it need not be saved.
        previous: the digest of the one before.
    """
    return {
        "format": FORMAT,
        "number": snapshot.number,
        "previous": previous,
        "plan": snapshot.plan.code,
        "title": snapshot.title,
        "note": snapshot.note,
        "as_of": snapshot.as_of.isoformat(),
        "known_at": utc(snapshot.known_at),
        "pending": snapshot.pending,
        "rule": snapshot.rule,
        "content": snapshot.content,
        "published_by": snapshot.publisher,
        "published_at": utc(snapshot.published_at),
    }


def canonical(snapshot: Snapshot, previous: str | None) -> bytes:
    """The bytes whose SHA-256 is the snapshot's digest."""
    return written(told(snapshot, previous)).encode()


def digest(snapshot: Snapshot, previous: str | None) -> str:
    """The digest that the snapshot ought to have."""
    return hashlib.sha256(canonical(snapshot, previous)).hexdigest()


def utc(moment: dt.datetime) -> str:
    """A moment as it stands in the canonical form: 2019-07-03T01:12:33.123456Z."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def written(value: Any) -> str:
    """A value by RFC 8785.

    Raises:
        ValueError: it has no such form, as infinity has none.
    """
    if isinstance(value, Mapping):
        # By UTF-16 code units, as the scheme asks, which is another order than Python's beyond the basic plane.
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(f"{written(name)}:{written(value[name])}" for name in names) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(written, value)) + "]"
    if value is None or isinstance(value, bool | str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int) and abs(value) <= EXACT:
        return str(value)
    if isinstance(value, int | float):
        return _number(float(value))
    raise ValueError(f"{type(value).__name__} has no canonical form")


def _number(value: float) -> str:
    """A number as ECMAScript's ``Number::toString`` writes it."""
    if not math.isfinite(value):
        raise ValueError(f"{value} has no canonical form")
    if not value:
        return "0"
    sign = "-" if value < 0 else ""
    _sign, figures, exponent = Decimal(repr(abs(value))).normalize().as_tuple()
    digits = "".join(map(str, figures))
    count, point = len(digits), len(digits) + int(exponent)
    if count <= point <= 21:
        return sign + digits + "0" * (point - count)
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    fraction = f".{digits[1:]}" if count > 1 else ""
    return f"{sign}{digits[0]}{fraction}e{'+' if point > 0 else '-'}{abs(point - 1)}"

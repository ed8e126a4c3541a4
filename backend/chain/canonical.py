"""The one way of writing an entry and a seal down, from which their digests are made, so that anybody can do it again.

Each value is written as its length in bytes, a colon, and its bytes in UTF-8; a null is a tilde. So no two rows are
written alike, whatever stands in their texts. An entry is ``shugu-audit-entry/1`` and its columns in the order of
``COLUMNS``; a seal is ``shugu-audit-seal/1`` and what ``head`` lists. Both digests are SHA-256.
"""

import datetime as dt
import hashlib
from collections.abc import Sequence

from backend.vault.services import keyed_digest

ENTRY = "shugu-audit-entry/1"
SEAL = "shugu-audit-seal/1"
DIGEST_BYTES = 32

# Written by PostgreSQL: a moment that Python cannot hold is as good a forgery as any.
COLUMNS = {
    "id": "entry.id::text",
    "at": "to_char(entry.at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US BC')",
    "action_id": "entry.action_id::text",
    "actor_id": "entry.actor_id::text",
    "actor": "entry.actor",
    "role": "entry.role",
    "organisation_id": "entry.organisation_id::text",
    "action": "entry.action",
    "subject_type": "entry.subject_type",
    "subject_id": "entry.subject_id",
    "detail": "entry.detail::text",
    "address": "entry.address::text",
}
WRITTEN = f"'{len(ENTRY)}:{ENTRY}' || " + " || ".join(
    f"coalesce(octet_length({column}) || ':' || {column}, '~')" for column in COLUMNS.values()
)
"""An entry as it is written, as an expression of PostgreSQL over ``audit_entry AS entry``."""


def digest(written: str) -> bytes:
    """The digest of an entry that PostgreSQL has written."""
    return hashlib.sha256(written.encode()).digest()


def head(
    *,
    number: int,
    previous: bytes,
    entries: Sequence[int],
    digests: bytes,
    total: int,
    closed_id: int,
    closed_at: dt.datetime | None,
    sealed_at: dt.datetime,
) -> bytes:
    """The digest of a seal.

    Args:
        previous: the head of the seal before; empty for the first.
        digests: those of the entries, one after the other.
    """
    told: list[bytes | str | None] = [
        SEAL,
        str(number),
        previous,
        ",".join(map(str, entries)),
        digests,
        str(total),
        str(closed_id),
        utc(closed_at) if closed_at else None,
        utc(sealed_at),
    ]
    return hashlib.sha256(b"".join(map(_framed, told))).digest()


def mac(head: bytes, key_id: int | None = None) -> tuple[int, bytes]:
    """The keyed digest of a head, and the id of the vault's key that it was made with.

    Args:
        key_id: the key that it was made with; by default the one that is active now.

    Raises:
        Unsealable: there is no such key.
        MasterKeyMissing: ``FIELD_KEYS`` lacks the master key that wrapped it.
    """
    return keyed_digest("audit", SEAL.encode() + b"\0" + head, key_id)


def utc(moment: dt.datetime) -> str:
    """A moment as it stands in a seal and an anchor: 2026-07-03T01:12:33.123456Z."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _framed(value: bytes | str | None) -> bytes:
    if value is None:
        return b"~"
    told = value.encode() if isinstance(value, str) else value
    return b"%d:" % len(told) + told

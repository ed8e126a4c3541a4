"""Data keys, wrapped by the master keys of ``FIELD_KEYS``, created when first needed.

``FIELD_KEYS`` is ``name:base64,name:base64``, 32 bytes each: the first wraps new keys, the others still open old ones.
The database holds wrapped keys alone, so a dump of it opens nothing.
"""

import base64
import binascii
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from backend.vault.errors import MasterKeyMissing, Unsealable
from backend.vault.suites import MAC_KEY_BYTES, NONCE_BYTES, SUITES, Suite

KEY_BYTES = 32
SEAL = "seal"
"""The purpose of keys that seal; those of every other one are a keyed hash's."""


@dataclass(frozen=True)
class DataKey:
    """An unwrapped key. Its secret stays out of every representation."""

    id: int
    secret: bytes
    suite: Suite

    def __repr__(self) -> str:
        return f"DataKey(id={self.id})"


Place = tuple[str, str, str]
Row = tuple[int, str, str, str, bytes]
"""Of a key: its id, purpose, suite, the master key's name, and the wrapped secret."""

_known: dict[tuple[Place, int], DataKey] = {}
_active: dict[tuple[Place, str], tuple[DataKey, float]] = {}


def active(purpose: str) -> DataKey:
    """The key that new values of ``purpose`` (one of ``VaultKey.Purpose``) are made with; created if there is none yet.

    Raises:
        MasterKeyMissing: ``FIELD_KEYS`` lacks the master key that wrapped it.
    """
    slot = (_place(), str(purpose))
    held = _active.get(slot)
    if held and time.monotonic() < held[1]:
        return held[0]
    row = _read(connection, "active AND purpose = %s", str(purpose)) or _create(str(purpose))
    key = _remember(*row)
    _active[slot] = (key, time.monotonic() + settings.VAULT_KEY_SECONDS)
    return key


def by_id(key_id: int) -> DataKey:
    """The key that a sealed value names.

    Raises:
        Unsealable: no such key in this database.
        MasterKeyMissing: ``FIELD_KEYS`` lacks the master key that wrapped it.
    """
    held = _known.get((_place(), key_id))
    if held:
        return held
    row = _read(connection, "id = %s", key_id)
    if row is None:
        raise Unsealable(f"The value is sealed with key {key_id}, which this database does not hold.")
    return _remember(*row)


def forget() -> None:
    """Drop every key that this process holds; the next use reads them again."""
    _known.clear()
    _active.clear()
    master_keys.cache_clear()


def look_again() -> None:
    """Have the next use ask which keys are active; what opens older values stays known."""
    _active.clear()


def check() -> None:
    """Open every data key of this database, so that what is missing is told before anything needs it.

    Raises:
        MasterKeyMissing: ``FIELD_KEYS`` cannot be read, lacks a master key that a data key is wrapped by, or holds
            another one under its name.
        Unsealable: a key is of a suite that this release does not know.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, purpose, suite, wrapped_by, wrapped FROM vault_key ORDER BY id")
        check_rows(cursor.fetchall())


def check_rows(rows: Iterable[Row]) -> None:
    """As ``check``, of rows that were read elsewhere."""
    master_keys(settings.FIELD_KEYS)
    for key_id, purpose, suite, wrapped_by, wrapped in rows:
        unwrap(key_id, purpose, suite, wrapped_by, bytes(wrapped))


@lru_cache(maxsize=4)
def master_keys(text: str) -> dict[str, bytes]:
    """The master keys by name, the active one first.

    Args:
        text: the value of ``FIELD_KEYS``.

    Raises:
        MasterKeyMissing: it is empty or not of the form ``name:base64,name:base64`` with 32 bytes each.
    """
    found = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        name, _, encoded = part.partition(":")
        try:
            secret = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            secret = b""
        if not name or len(name) > 20 or len(secret) != KEY_BYTES:
            raise MasterKeyMissing(
                "FIELD_KEYS must read name:base64,name:base64 with 32 random bytes behind each base64; "
                f"the key named “{name[:20]}” does not."
            )
        found[name] = secret
    if not found:
        raise MasterKeyMissing("FIELD_KEYS is empty: give at least one master key as name:base64.")
    return found


def _place() -> Place:
    """Which database the keys at hand belong to: a process may be moved to another one."""
    where = connection.settings_dict
    return str(where["HOST"]), str(where["PORT"]), str(where["NAME"])


def _read(source: BaseDatabaseWrapper, condition: str, value: str | int) -> Row | None:
    with source.cursor() as cursor:
        cursor.execute(f"SELECT id, purpose, suite, wrapped_by, wrapped FROM vault_key WHERE {condition}", [value])
        row = cursor.fetchone()
    return (row[0], row[1], row[2], row[3], bytes(row[4])) if row else None


def suite_in_force() -> Suite:
    """The suite that new keys are made for: ``VAULT_SUITE``."""
    return SUITES[settings.VAULT_SUITE]


def new_secret(purpose: str, suite: Suite) -> bytes:
    """The secret of a new key, drawn by the system."""
    return os.urandom(suite.key_bytes if purpose == SEAL else MAC_KEY_BYTES)


def wrap(purpose: str, suite: Suite, secret: bytes) -> tuple[str, bytes]:
    """A secret wrapped by the first master key of ``FIELD_KEYS``, and that key's name.

    Raises:
        MasterKeyMissing: ``FIELD_KEYS`` is empty or cannot be read.
    """
    name, master = next(iter(master_keys(settings.FIELD_KEYS).items()))
    nonce = os.urandom(NONCE_BYTES)
    return name, nonce + suite.wrapping(master).encrypt(nonce, secret, _wrapping(purpose, name))


def unwrap(key_id: int, purpose: str, suite_name: str, wrapped_by: str, wrapped: bytes) -> DataKey:
    """A key as the database holds it, opened.

    Raises:
        MasterKeyMissing: ``FIELD_KEYS`` lacks the master key that it was wrapped by, or holds another of that name.
        Unsealable: it is of a suite that this release does not know.
    """
    master = master_keys(settings.FIELD_KEYS).get(wrapped_by)
    if master is None:
        raise MasterKeyMissing(
            f"FIELD_KEYS lacks the master key “{wrapped_by}”, by which key {key_id} ({purpose}) is wrapped: "
            "add it again."
        )
    suite = SUITES.get(suite_name)
    if suite is None:
        raise Unsealable(f"Key {key_id} is of the suite “{suite_name}”, unknown to this release.")
    try:
        secret = suite.wrapping(master).decrypt(
            wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], _wrapping(purpose, wrapped_by)
        )
    except InvalidTag:
        raise MasterKeyMissing(
            f"The master key “{wrapped_by}” in FIELD_KEYS is not the one that key {key_id} ({purpose}) was wrapped by: "
            "put back the one that was there before."
        ) from None
    return DataKey(key_id, secret, suite)


def _create(purpose: str) -> Row:
    """Make the first key of a purpose; of two processes that try, the database lets one be first.

    On a connection of its own: a key must be on record before anything is sealed with it, whatever becomes of the
    caller's transaction.
    """
    suite = suite_in_force()
    name, wrapped = wrap(purpose, suite, new_secret(purpose, suite))
    own = connection.copy()
    try:
        with own.cursor() as cursor:
            cursor.execute(
                "INSERT INTO vault_key (purpose, suite, wrapped_by, wrapped, active) VALUES (%s, %s, %s, %s, true)"
                " ON CONFLICT (purpose) WHERE active DO NOTHING",
                [purpose, suite.name, name, wrapped],
            )
        row = _read(own, "active AND purpose = %s", purpose)
    finally:
        own.close()
    if row is None:
        raise Unsealable(f"The key for “{purpose}” was created and has gone again.")
    return row


def _remember(*row: *Row) -> DataKey:
    key = unwrap(*row)
    _known[(_place(), key.id)] = key
    return key


def _wrapping(purpose: str, wrapped_by: str) -> bytes:
    return f"vault_key|{purpose}|{wrapped_by}".encode()

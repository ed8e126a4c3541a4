"""Sealing what identifies people, and finding it again without opening it.

A sealed value is ``version | key id | nonce | ciphertext and tag`` (1, 4, 12 and the rest bytes), bound to its table,
row and field as associated data: moved to another row it does not open. The version is the suite's (``suites.py``), so
that values of both open side by side. Look-ups go by a keyed hash (a blind index), because a plain hash of an identity
number is guessed in a moment.
"""

import os
import struct
from collections.abc import Iterable, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hmac import HMAC

from backend.vault import keys
from backend.vault.errors import Unsealable
from backend.vault.models import VaultKey
from backend.vault.suites import BY_VERSION, NONCE_BYTES, TAG_BYTES, Sealing

HEADER = struct.Struct(">BI")
HEADER_AND_NONCE = HEADER.size + NONCE_BYTES

RowId = int | str


class Sealer:
    """Seals one field of a table's rows, however many calls it takes, with the key that is active when it is made.

    It asks nothing of the database afterwards, so that it serves where the connection is busy. Made and used in the
    transaction that writes what it sealed: a rotation waits for transactions that may still seal with the old key.
    ``header`` is what its values begin with.
    """

    def __init__(self, table: str, field: str) -> None:
        """
        Args:
            table: the table's name, part of what each value is bound to.
            field: the column's name, likewise.
        """
        key = keys.active(VaultKey.Purpose.SEAL)
        self._cipher = key.suite.cipher(key.secret)
        self.header = HEADER.pack(key.suite.version, key.id)
        self._table, self._field = table, field

    def __call__(self, row_ids: Sequence[RowId], plaintexts: Sequence[bytes]) -> list[bytes]:
        """Seal the field of some rows.

        Args:
            row_ids: the rows' ids, in the order of ``plaintexts``; reserve them before sealing.
            plaintexts: what to seal.

        Raises:
            ValueError: the two sequences differ in length.
        """
        encrypt, header, table, field = self._cipher.encrypt, self.header, self._table, self._field
        nonces = os.urandom(NONCE_BYTES * len(plaintexts))
        places = range(0, len(nonces), NONCE_BYTES)
        return [
            header + (nonce := nonces[at : at + NONCE_BYTES]) + encrypt(nonce, text, _bound_to(table, row_id, field))
            for at, row_id, text in zip(places, row_ids, plaintexts, strict=True)
        ]


def seal_many(table: str, field: str, row_ids: Sequence[RowId], plaintexts: Sequence[bytes]) -> list[bytes]:
    """Seal one field of many rows; see ``Sealer``.

    Raises:
        ValueError: the two sequences differ in length.
    """
    return Sealer(table, field)(row_ids, plaintexts)


def seal(table: str, field: str, row_id: RowId, plaintext: bytes) -> bytes:
    """Seal one value; see ``seal_many``."""
    return seal_many(table, field, [row_id], [plaintext])[0]


def unseal(table: str, field: str, row_id: RowId, sealed: bytes) -> bytes:
    """Open one sealed value; see ``unseal_many``."""
    return unseal_many(table, field, [row_id], [sealed])[0]


def unseal_many(table: str, field: str, row_ids: Sequence[RowId], sealed: Iterable[bytes]) -> list[bytes]:
    """Open one field of many rows.

    Raises:
        Unsealable: a value is of another row or field, was altered, is of a version or key that is not known here.
        ValueError: the two sequences differ in length.
    """
    ciphers: dict[tuple[int, int], Sealing] = {}
    plaintexts = []
    for row_id, value in zip(row_ids, sealed, strict=True):
        value = bytes(value)
        if len(value) < HEADER_AND_NONCE + TAG_BYTES:
            raise Unsealable(f"{table}.{field} of row {row_id} is too short to be a sealed value.")
        version, key_id = HEADER.unpack_from(value)
        cipher = ciphers.get((version, key_id))
        if cipher is None:
            cipher = ciphers[version, key_id] = _cipher(table, field, row_id, version, key_id)
        nonce = value[HEADER.size : HEADER_AND_NONCE]
        try:
            plaintexts.append(cipher.decrypt(nonce, value[HEADER_AND_NONCE:], _bound_to(table, row_id, field)))
        except InvalidTag:
            raise Unsealable(
                f"{table}.{field} of row {row_id} does not open: it was altered, or belongs to another row."
            ) from None
    return plaintexts


class Indexer:
    """Makes blind indexes and digests, however many calls it takes, with the key that is active when it is made.

    It asks nothing of the database afterwards, so that it serves in threads too.
    """

    def __init__(self) -> None:
        key = keys.active(VaultKey.Purpose.INDEX)
        self._index, self._digest = (key.suite.mac(key.secret) for _domain in range(2))
        # Domains of their own: a value's digest never equals its blind index.
        self._index.update(b"index\0")
        self._digest.update(b"digest\0")

    def indexes(self, values: Iterable[str | bytes]) -> list[bytes]:
        """The blind indexes of ``values``, 32 bytes each: equal for equal values, and telling nothing else."""
        return _finished(self._index, values)

    def digests(self, values: Iterable[str | bytes]) -> list[bytes]:
        """Keyed digests of ``values``, 32 bytes each: for telling whether content has changed."""
        return _finished(self._digest, values)


def index_many(values: Iterable[str | bytes]) -> list[bytes]:
    """The blind indexes of ``values``; see ``Indexer``."""
    return Indexer().indexes(values)


def digest_many(values: Iterable[str | bytes]) -> list[bytes]:
    """Keyed digests of ``values``; see ``Indexer``."""
    return Indexer().digests(values)


def keyed_digest(purpose: str, value: bytes, key_id: int | None = None) -> tuple[int, bytes]:
    """A keyed digest by a key of its own purpose, and that key's id: for telling who may have made a value.

    Args:
        purpose: one of ``VaultKey.Purpose``.
        key_id: the key that it was made with before; by default the one that is active now.

    Raises:
        Unsealable: there is no such key.
        MasterKeyMissing: ``FIELD_KEYS`` lacks the master key that wrapped it.
    """
    key = keys.active(purpose) if key_id is None else keys.by_id(key_id)
    made = key.suite.mac(key.secret)
    made.update(value)
    return key.id, made.finalize()


def _finished(start: HMAC, values: Iterable[str | bytes]) -> list[bytes]:
    codes = []
    for value in values:
        code = start.copy()
        code.update(value.encode() if isinstance(value, str) else value)
        codes.append(code.finalize())
    return codes


def _cipher(table: str, field: str, row_id: RowId, version: int, key_id: int) -> Sealing:
    suite = BY_VERSION.get(version)
    if suite is None:
        raise Unsealable(f"{table}.{field} of row {row_id} is sealed in version {version}, unknown to this release.")
    key = keys.by_id(key_id)
    if key.suite is not suite:
        raise Unsealable(
            f"{table}.{field} of row {row_id} says that it is of the suite “{suite.name}” and names key {key_id}, "
            f"which is of the suite “{key.suite.name}”: it was altered."
        )
    return suite.cipher(key.secret)


def _bound_to(table: str, row_id: RowId, field: str) -> bytes:
    return f"{table}|{row_id}|{field}".encode()

"""The suites that the vault seals and indexes with. Which one a value is of stands in its first byte and on its key.

=======  =========================================  ==================================================
name     sealed values                              blind indexes and digests
=======  =========================================  ==================================================
``aes``  AES-256-GCM (FIPS 197, SP 800-38D)         HMAC-SHA256 (FIPS 180-4, FIPS 198-1)
``sm``   SM4-GCM (GB/T 32907, RFC 8998)             HMAC-SM3 (GB/T 32905)
=======  =========================================  ==================================================

A data key is wrapped with the cipher of its own suite, so that a system of the one uses nothing of the other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256, SM3, HashAlgorithm
from cryptography.hazmat.primitives.hmac import HMAC

NONCE_BYTES = 12
TAG_BYTES = 16
MAC_KEY_BYTES = 32
SM4_KEY_BYTES = 16


class Sealing(Protocol):
    """A cipher with its key. What does not open raises ``cryptography.exceptions.InvalidTag``."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes, /) -> bytes: ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes, /) -> bytes: ...


class Sm4Gcm:
    """SM4 in Galois/Counter Mode, in the form of the library's ``AESGCM``: the tag of 16 bytes ends what is sealed."""

    def __init__(self, key: bytes) -> None:
        self._key = algorithms.SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        """``data`` sealed; a nonce serves once.

        Raises:
            ValueError: the nonce is too short or too long.
        """
        at_work = Cipher(self._key, modes.GCM(nonce)).encryptor()
        at_work.authenticate_additional_data(associated_data)
        return at_work.update(data) + at_work.finalize() + at_work.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        """What was sealed.

        Raises:
            cryptography.exceptions.InvalidTag: it was altered, or sealed with another key or for another place.
            ValueError: it is shorter than a tag.
        """
        at_work = Cipher(self._key, modes.GCM(nonce, data[-TAG_BYTES:])).decryptor()
        at_work.authenticate_additional_data(associated_data)
        return at_work.update(data[:-TAG_BYTES]) + at_work.finalize()


@dataclass(frozen=True, slots=True)
class Suite:
    """A cipher and a hash that belong together.

    ``version`` begins every value sealed with it. ``key_bytes`` is how long a key of the cipher is.
    """

    name: str
    version: int
    key_bytes: int
    cipher: Callable[[bytes], Sealing]
    hash: type[HashAlgorithm]

    def mac(self, key: bytes) -> HMAC:
        """A keyed hash, 32 bytes of it, to be copied and fed."""
        return HMAC(key, self.hash())

    def wrapping(self, master: bytes) -> Sealing:
        """The cipher by which a master key of ``FIELD_KEYS`` wraps this suite's data keys.

        A master key has 32 bytes: AES-256 takes it as it is. SM4 takes 16, drawn from it by HMAC-SM3 under a label of
        their own, so that the two ciphers never share a key.
        """
        if self.key_bytes == len(master):
            return self.cipher(master)
        drawn = self.mac(master)
        drawn.update(b"shugu.vault.wrapping|" + self.name.encode())
        return self.cipher(drawn.finalize()[: self.key_bytes])


AES = Suite("aes", 1, 32, AESGCM, SHA256)
SM = Suite("sm", 2, SM4_KEY_BYTES, Sm4Gcm, SM3)
SUITES = {suite.name: suite for suite in (AES, SM)}
BY_VERSION = {suite.version: suite for suite in SUITES.values()}

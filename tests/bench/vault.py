"""Sealing, opening and indexing a hundred thousand identity numbers, in either suite."""

import os
from collections.abc import Callable, Sequence

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import Hash
from django.conf import settings

from backend.vault import keys, services
from backend.vault.models import VaultKey
from backend.vault.suites import NONCE_BYTES, SUITES, Suite
from tests.bench.figures import Figure, Figures, median_seconds, seconds

MANY = 100_000
PLACE = ("identity_document", "sealed_number")


def measure(full: bool) -> Figures:
    """The figures of the vault.

    The floor is the library's bare call for each value: one nonce for all, bound to nothing, and a hash without a key.
    The peer of sealing and opening is the usual way to keep a field encrypted, a Fernet token of each value; of
    indexing by one suite, the other.
    """
    texts = [f"5201111988{place:08d}" for place in range(MANY)]
    plain, ids = [text.encode() for text in texts], range(MANY)
    fernet = Fernet(Fernet.generate_key())
    tokens: list[bytes] = []
    sealing = seconds(lambda: tokens.extend(map(fernet.encrypt, plain)))
    opening = seconds(lambda: [fernet.decrypt(token) for token in tokens])
    figures: Figures = {}
    indexing = {}
    for suite in SUITES.values():
        _change_to(suite)
        sealed = services.seal_many(*PLACE, ids, plain)
        assert services.unseal_many(*PLACE, ids, sealed) == plain
        whole = _bare(suite, plain)
        figures[f"seal {MANY:,} numbers, {suite.name}"] = Figure(
            median_seconds(lambda: services.seal_many(*PLACE, ids, plain)), "s", whole[0], sealing
        )
        figures[f"open {MANY:,} numbers, {suite.name}"] = Figure(
            median_seconds(lambda sealed=sealed: services.unseal_many(*PLACE, ids, sealed)),  # type: ignore[misc]
            "s",
            whole[1],
            opening,
        )
        indexing[suite.name] = median_seconds(lambda: services.index_many(texts)), whole[2]
    for name, other in (("aes", "sm"), ("sm", "aes")):
        figures[f"index {MANY:,} numbers, {name}"] = Figure(
            indexing[name][0], "s", indexing[name][1], indexing[other][0]
        )
    return figures


def _change_to(suite: Suite) -> None:
    settings.VAULT_SUITE = suite.name
    VaultKey.objects.update(active=False)
    keys.forget()


def _bare(suite: Suite, plain: Sequence[bytes]) -> tuple[float, float, float]:
    """Sealing, opening and hashing by the bare calls."""
    cipher, nonce = suite.cipher(os.urandom(suite.key_bytes)), os.urandom(NONCE_BYTES)
    sealed = [cipher.encrypt(nonce, text, b"") for text in plain]

    def hashed() -> None:
        start = Hash(suite.hash())
        for text in plain:
            one = start.copy()
            one.update(text)
            one.finalize()

    calls: tuple[Callable[[], object], ...] = (
        lambda: [cipher.encrypt(nonce, text, b"") for text in plain],
        lambda: [cipher.decrypt(nonce, text, b"") for text in sealed],
        hashed,
    )
    sealing, opening, hashing = (median_seconds(call) for call in calls)
    return sealing, opening, hashing

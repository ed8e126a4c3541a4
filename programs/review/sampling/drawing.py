"""Which records of a lot are looked at: a draw that anybody can repeat with nothing but a hash function.

A seed of 32 hexadecimal digits comes from the operating system's entropy when the lot is opened and is kept with it.
The members are put in the order of SHA-256 over the text ``seed|record id`` (ASCII, the id in plain decimal digits),
compared as lower-case hexadecimal digits; the first of them are the sample. No library's generator is involved, so the
same seed gives the same sample for good.
"""

import hashlib
import secrets
from collections.abc import Iterable

ENTROPY_BYTES = 16


def new_seed() -> str:
    """A seed from the operating system's entropy: 32 hexadecimal digits."""
    return secrets.token_hex(ENTROPY_BYTES)


def mark(seed: str, record_id: int) -> str:
    """What a record is ranked by."""
    return hashlib.sha256(f"{seed}|{record_id}".encode("ascii")).hexdigest()


def drawn(seed: str, record_ids: Iterable[int]) -> list[int]:
    """The records in the order in which they are looked at; their own order does not matter."""
    return sorted(set(record_ids), key=lambda record_id: mark(seed, record_id))

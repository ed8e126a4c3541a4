"""One-time codes by RFC 6238 (SHA-1, six digits, thirty seconds, as every app has them) and recovery codes."""

import base64
import datetime as dt
import hashlib
import hmac
import secrets
import unicodedata

import pyotp

PERIOD_SECONDS = 30
SKEW_STEPS = 1
"""How many steps a clock may be ahead or behind (RFC 6238, 5.2)."""

ISSUER = "Shugu"
RECOVERY_CODES = 10
RECOVERY_BYTES = 10
"""Eighty bits: nobody finds one from its digest, so that no slow digest is needed."""


def new_secret() -> str:
    """A secret of 160 bits, as apps take it."""
    return pyotp.random_base32()


def address(secret: str, username: str) -> str:
    """What the QR code says: the secret, for whom and of which system (``otpauth://``)."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)


def step_at(moment: dt.datetime) -> int:
    """The number of the thirty seconds that ``moment`` lies in."""
    return int(moment.timestamp()) // PERIOD_SECONDS


def step_of(secret: str, code: str, moment: dt.datetime, after: int) -> int | None:
    """Which step's code this is, of those around ``moment`` and later than ``after``; ``None``: of none."""
    totp, present = pyotp.TOTP(secret), step_at(moment)
    for step in range(present - SKEW_STEPS, present + SKEW_STEPS + 1):
        if step > after and hmac.compare_digest(totp.generate_otp(step).encode(), code.encode()):
            return step
    return None


def plain(code: str) -> str:
    """A code as it was meant: without spaces and hyphens, in capitals, full-width forms folded."""
    return "".join(unicodedata.normalize("NFKC", code).split()).replace("-", "").upper()


def new_recovery_codes() -> list[str]:
    """Recovery codes as they are shown: four groups of four."""
    found = [base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode() for _ in range(RECOVERY_CODES)]
    return ["-".join(code[at : at + 4] for at in range(0, len(code), 4)) for code in found]


def digest_of_recovery(user_id: int, code: str) -> bytes:
    """What is kept of a recovery code; two users' equal codes have different ones."""
    return hashlib.sha256(f"{user_id}|{plain(code)}".encode()).digest()

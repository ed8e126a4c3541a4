"""An endpoint's address and secrets: sealed at rest, opened where a message is signed and sent."""

import base64
import os
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from backend.clock import now
from backend.messages.endpoints.models import Endpoint
from backend.vault import services as vault

PREFIX = "whsec_"
BYTES = 32
LIKE_A_TOKEN = 12
"""From so many signs on, what ends a path may be what lets one in."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What is needed to send: the address, and the secrets that sign at this moment, the newest first."""

    address: str
    secrets: tuple[str, ...]

    @property
    def hidden(self) -> list[str]:
        """What must stand in nothing that is kept: secrets, and what of the address lets one speak as the robot."""
        parts = urlsplit(self.address)
        last = parts.path.rstrip("/").rpartition("/")[2]
        token = [last] if len(last) >= LIKE_A_TOKEN else []
        bare = [one.removeprefix(PREFIX) for one in self.secrets]
        return [self.address, *self.secrets, *bare, *(value for _name, value in parse_qsl(parts.query)), *token]


def new_secret() -> str:
    """A secret as Standard Webhooks writes one."""
    return PREFIX + base64.b64encode(os.urandom(BYTES)).decode()


def key_of(secret: str) -> bytes:
    """The key of a secret that is written so.

    Raises:
        ValueError: it is not base64.
    """
    return base64.b64decode(secret.removeprefix(PREFIX), validate=True)


def seal(endpoint: Endpoint, field: str, value: str) -> bytes:
    """One of its sealed fields; the row must have its id."""
    return vault.seal(Endpoint._meta.db_table, field, endpoint.pk, value.encode())


def unseal(endpoint: Endpoint, field: str) -> str:
    """One of its sealed fields in the clear; empty where there is none."""
    sealed = getattr(endpoint, field)
    return vault.unseal(Endpoint._meta.db_table, field, endpoint.pk, sealed).decode() if sealed else ""


def opened(endpoint: Endpoint) -> Opened:
    """Everything that sending needs."""
    found = [unseal(endpoint, "secret")]
    if endpoint.previous_until is not None and endpoint.previous_until > now():
        found.append(unseal(endpoint, "previous_secret"))
    return Opened(unseal(endpoint, "address"), tuple(one for one in found if one))


def shown(kind: str, address: str) -> str:
    """What may be seen of an address: of a robot's the host alone, else all but what stands behind a question mark."""
    parts = urlsplit(address)
    place = f"{parts.scheme}://{parts.netloc}"
    if kind != Endpoint.Kind.WEBHOOK:
        return f"{place}/…"
    return place + parts.path + ("?…" if parts.query else "")

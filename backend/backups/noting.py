"""When the last backup was taken, told where `/metrics` and `/readyz` read it.

Whoever keeps the backups may write nothing in the database, and the pages do not see the folder; Valkey is between
them. What it forgets is told again within seconds by `keep`.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys

from redis import Redis
from redis.exceptions import RedisError

from backend.backups.shelf import Shelf
from backend.embedded import places, processes, records
from backend.embedded.places import Profile

KEY = "backups"
PATIENCE_SECONDS = 2.0


def key(prefix: str) -> str:
    """Where Valkey keeps it, for an installation's prefix."""
    return f"{prefix}:{KEY}"


class Note:
    """Writes the note for one installation."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile

    def tell(self, shelf: Shelf, received_until: dt.datetime | None) -> None:
        """Write what stands on the shelf; a broker that is away costs a line on standard error and no backup.

        Args:
            received_until: up to when the log has been received; where it is not known, what was told before stays.
        """
        found = shelf.all()
        told: dict[str, str | int | bool] = {}
        if found:
            told |= {
                "backup_at": found[-1].at.isoformat(),
                "backup": found[-1].name,
                "size": found[-1].manifest["size"],
            }
        rehearsals = sorted(shelf.rehearsals.glob("*.json"))
        if rehearsals:
            last = records.read(rehearsals[-1])
            told |= {"rehearsed_at": last["at"], "proved": last["proved"]}
        address = self._address()
        if address is None:
            return
        try:
            with Redis.from_url(
                address, socket_timeout=PATIENCE_SECONDS, socket_connect_timeout=PATIENCE_SECONDS
            ) as valkey:
                name = key(os.environ.get("REDIS_PREFIX", "shugu"))
                if received_until is not None:
                    told["received_until"] = received_until.isoformat()
                elif before := valkey.get(name):
                    told = {**json.loads(before), **told}
                valkey.set(name, json.dumps(told))
        except RedisError as error:
            print(f"The note of the last backup was not written: {type(error).__name__}", file=sys.stderr, flush=True)

    def _address(self) -> str | None:
        """The broker's address; none where the embedded one does not run."""
        if self.profile.name == "main" and (given := os.environ.get("REDIS_URL")):
            return given
        if not processes.is_held(self.profile.keeper):
            return None
        return records.addresses(places.profile(self.profile.name))["REDIS_URL"]

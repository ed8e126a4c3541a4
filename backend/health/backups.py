"""When the last backup was taken, up to when the log was received and what the last rehearsal found.

Whoever keeps the backups tells it (`backend.backups.noting`); nobody having told anything is no failure here.
"""

import datetime as dt
import json
from typing import Any

from django.conf import settings
from redis.exceptions import RedisError

from backend.backups.noting import key
from backend.health import heartbeat

GAUGES = {
    "backup_at": ("shugu_backup_timestamp_seconds", "The moment that the last backup restores to by itself."),
    "received_until": ("shugu_log_received_timestamp_seconds", "Up to when any moment can be restored to."),
    "rehearsed_at": ("shugu_rehearsal_timestamp_seconds", "When a backup was last rehearsed."),
    "proved": ("shugu_rehearsal_proved", "Whether the last rehearsal proved the backup."),
}


def last() -> dict[str, Any]:
    """What was told last; empty where nothing was, or the broker is away."""
    try:
        with heartbeat.client() as connection:
            told = connection.get(key(settings.CACHES["default"].get("KEY_PREFIX", "")))
    except RedisError:
        return {}
    return json.loads(told) if told else {}


def exposed() -> bytes:
    """The same in Prometheus' text form; a gauge whose value is not known is left out."""
    told = last()
    lines = []
    for name, (gauge, meaning) in GAUGES.items():
        if name in told:
            value = told[name] if isinstance(told[name], bool) else dt.datetime.fromisoformat(told[name]).timestamp()
            lines.append(f"# HELP {gauge} {meaning}\n# TYPE {gauge} gauge\n{gauge} {float(value)}\n")
    return "".join(lines).encode()

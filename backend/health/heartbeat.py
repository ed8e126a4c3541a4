"""The worker's heartbeat, and beat's: keys in Valkey that each renews and that end by themselves once it does not.

It is written from the consumer's own loop and not from a thread, so that a worker that no longer takes work stops
beating. Where `HEARTBEAT_FILE` names one, a file is touched as well: whoever watches this one worker looks at its age.
"""

import logging
import os
import time
from pathlib import Path
from typing import Any

from celery import bootsteps
from celery.beat import PersistentScheduler
from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)

EVERY_SECONDS = 5.0
LASTS_SECONDS = 20
BEAT_LASTS_SECONDS = 60
PATIENCE_SECONDS = 0.5

GAUGES = {
    "shugu_broker_up": "Whether the broker answers.",
    "shugu_worker_up": "Whether a worker was heard of lately.",
    "shugu_beat_up": "Whether beat was heard of lately.",
}


def key() -> str:
    """Where Valkey keeps it."""
    return f"{settings.CACHES['default'].get('KEY_PREFIX', '')}:worker-heartbeat"


def beat_key() -> str:
    """Where Valkey keeps beat's."""
    return f"{settings.CACHES['default'].get('KEY_PREFIX', '')}:beat-heartbeat"


def client() -> Redis:
    """A connection that gives up soon and does not try again."""
    return Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=PATIENCE_SECONDS,
        socket_connect_timeout=PATIENCE_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )


def exposed() -> bytes:
    """Whether broker, worker and beat are there, in Prometheus' text form."""
    try:
        with client() as connection:
            heard = [1.0, *(float(bool(connection.exists(name))) for name in (key(), beat_key()))]
    except RedisError:
        heard = [0.0, 0.0, 0.0]
    lines = [
        f"# HELP {name} {meaning}\n# TYPE {name} gauge\n{name} {value}\n"
        for (name, meaning), value in zip(GAUGES.items(), heard, strict=True)
    ]
    return "".join(lines).encode()


def beat(connection: Redis) -> None:
    """One beat; a Valkey that is away is seen by ``/readyz`` itself."""
    try:
        connection.set(key(), 1, ex=LASTS_SECONDS)
    except RedisError as error:
        logger.warning("The heartbeat was not written: %s", type(error).__name__)
    if file := os.environ.get("HEARTBEAT_FILE"):
        Path(file).touch()


class Heartbeat(bootsteps.StartStopStep):
    """Beats from the start of the consumer to its end."""

    requires = ("celery.worker.consumer.connection:Connection",)

    def __init__(self, parent: Any, **options: Any) -> None:
        self.timer: Any = None
        super().__init__(parent, **options)

    def start(self, parent: Any) -> None:
        connection = client()
        beat(connection)
        self.timer = parent.timer.call_repeatedly(EVERY_SECONDS, beat, (connection,))

    def stop(self, parent: Any) -> None:
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None

    shutdown = stop


class Scheduler(PersistentScheduler):
    """Celery's, which beats as the worker does: from its own loop, so that one that hangs stops beating."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self._beaten_at = float("-inf")
        super().__init__(*args, **options)

    def tick(self, *args: Any, **options: Any) -> Any:
        """Ring for what is due, as Celery's does, and say that it was looked at; seconds until the next look."""
        if time.monotonic() - self._beaten_at >= EVERY_SECONDS:
            self._beaten_at = time.monotonic()
            try:
                with client() as connection:
                    connection.set(beat_key(), 1, ex=BEAT_LASTS_SECONDS)
            except RedisError as error:
                logger.warning("Beat's heartbeat was not written: %s", type(error).__name__)
        return super().tick(*args, **options)

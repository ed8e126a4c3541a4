"""Whether background work is being done, told to every page without its waiting for an answer.

A page asks what the last look found; a look that has grown old is renewed behind it, in a thread. So a broker that
swallows everything holds no page up, and a page costs nothing more while all is well.
"""

import logging
import threading
import time

from django.conf import settings
from redis.exceptions import RedisError

from backend import bell
from backend.health import heartbeat

logger = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
"""How old what the last look found may be before a page has it renewed."""

MISSING_SECONDS = 60.0
"""A worker that has not been heard of for so long is away; before that it may be on its way up."""


class Watch:
    """One process's watch over broker and worker."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._looked_at = float("-inf")
        self._no_broker = False
        self._missing_since: float | None = None

    def work_waits(self) -> bool:
        """Whether nobody is there to do what is handed in now, as far as is known; never waits."""
        if time.monotonic() - self._looked_at > LOOK_SECONDS and self._turn.acquire(blocking=False):
            threading.Thread(target=self._look_and_release, name="watch", daemon=True).start()
        missing = self._missing_since
        return self._no_broker or (missing is not None and time.monotonic() - missing > MISSING_SECONDS)

    def look(self) -> None:
        """Ask the broker whether it is there, and whether it has heard of a worker."""
        try:
            with heartbeat.client() as connection:
                there = bool(connection.exists(heartbeat.key()))
        except RedisError as error:
            if not self._no_broker:
                logger.warning("Background work waits: the broker does not answer (%s).", type(error).__name__)
            self._no_broker = True
        else:
            self._no_broker = False
            if there:
                self._missing_since = None
            elif self._missing_since is None:
                self._missing_since = time.monotonic()
        self._looked_at = time.monotonic()

    def _look_and_release(self) -> None:
        try:
            self.look()
        finally:
            self._turn.release()


_watch = Watch()


def work_waits() -> bool:
    """Whether what is handed in now waits for a broker or a worker: pages say so. Never waits itself."""
    if not settings.WORK_WATCHED:
        return False
    return bell.unheard() or _watch.work_waits()

"""Changing a schema that others are at work on."""

import logging
import time
from collections.abc import Callable

from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.errors import LockNotAvailable

logger = logging.getLogger(__name__)

LOCK_SECONDS = 3.0
PAUSE_SECONDS = 2.0
TRIES = 60


def patiently(
    connection: BaseDatabaseWrapper,
    change: Callable[[], None],
    *,
    lock_seconds: float = LOCK_SECONDS,
    pause_seconds: float = PAUSE_SECONDS,
    tries: int = TRIES,
) -> None:
    """Carry out a change that waits for no lock longer than a moment, again and again until it gets what it needs.

    Whoever waits for a table has everybody behind them wait as well, even those who only read: a change that waits for
    one long query stops the house. So it gives up early, lets the others pass, and comes back.

    Args:
        connection: on which ``change`` works; its ``lock_timeout`` is what it was afterwards.
        change: may be carried out again after it failed; each migration is one transaction, and those done are done.
        lock_seconds: how long it may wait for one lock.
        pause_seconds: how long the others have before it comes back.
        tries: how often it comes.

    Raises:
        OperationalError: somebody held a lock for all that time; ``pg_stat_activity`` tells who.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout')")
        [before] = cursor.fetchone()
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{int(lock_seconds * 1000)}ms"])
    try:
        for number in range(1, tries + 1):
            try:
                change()
            except OperationalError as error:
                if not isinstance(error.__cause__, LockNotAvailable) or number == tries:
                    raise
                logger.warning("A table is in use; the change of the schema comes back in %.0f s.", pause_seconds)
                time.sleep(pause_seconds)
            else:
                return
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [before])

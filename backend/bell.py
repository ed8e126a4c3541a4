"""The bell: wakes a worker for a row that is already written. It may fail; the row is the truth.

What a bell rings for is found again by the reconcilers, so ringing never raises, never waits long, and gives up for a
while once the broker does not answer.
"""

import logging
import os
import threading
import time
from functools import partial
from typing import Any

from django.db import transaction
from kombu import Connection, Producer

from backend import tracing
from backend.celery import app

logger = logging.getLogger(__name__)

QUIET_SECONDS = 10.0
"""How long the bell keeps quiet after the broker has not answered."""

PATIENCE_SECONDS = 0.4
"""How long one ringing may wait for the broker to connect, and again to answer."""


def ring(task: str, *args: int) -> None:
    """Ring for ``task`` once the running transaction commits; at once where there is none.

    Args:
        task: the task's name.
        args: ids and nothing else, because arguments pass through the broker in the clear.
    """
    transaction.on_commit(partial(_bell.ring, task, args), robust=True)


def unheard() -> bool:
    """Whether this process rang a moment ago and the broker did not answer."""
    return _bell.quiet()


class Bell:
    """One process's bell. A connection to the broker is kept; threads take turns; a fork starts with a new one."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._quiet_until = 0.0
        self._producer: Producer | None = None
        self._process = 0

    def quiet(self) -> bool:
        """Whether the broker failed to answer a moment ago."""
        return time.monotonic() < self._quiet_until

    def ring(self, task: str, args: tuple[int, ...]) -> bool:
        """Publish one message; whether the broker took it."""
        if self.quiet() or not self._turn.acquire(timeout=2 * PATIENCE_SECONDS):
            return False
        try:
            if self.quiet():
                return False
            action = tracing.under_way.get()
            app.send_task(
                task,
                args=args,
                producer=self._connected(),
                retry=False,
                ignore_result=True,
                # For the worker's log and the trail alone; who rings again later does not know it, and need not.
                headers={"action": str(action)} if action else None,
            )
        except Exception as error:  # noqa: BLE001 - whatever the broker does, the row stands and is rung for again
            self._quiet_until = time.monotonic() + QUIET_SECONDS
            self._forget()
            logger.warning("The broker does not answer (%s); work is rung for again later.", type(error).__name__)
            return False
        finally:
            self._turn.release()
        return True

    def _connected(self) -> Producer:
        if self._producer is None or self._process != os.getpid():
            # A broken connection is closed by the garbage collector: closing it by hand would tell the broker good-bye,
            # and wait for an answer.
            connection: Any = Connection(
                app.conf.broker_url,
                connect_timeout=PATIENCE_SECONDS,
                transport_options={
                    **app.conf.broker_transport_options,
                    "socket_connect_timeout": PATIENCE_SECONDS,
                    "socket_timeout": PATIENCE_SECONDS,
                    "max_retries": 0,
                },
            )
            self._producer = app.amqp.Producer(connection, auto_declare=False)
            self._process = os.getpid()
        return self._producer

    def _forget(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None and self._process == os.getpid():
            producer.connection.collect(socket_timeout=0.1)


_bell = Bell()

"""How much memory a process of the worker may have: a task that wants more fails, and nothing else does.

Without a limit of its own, a task that asks for ever more is ended by the kernel once the whole machine has none left,
and the kernel may choose the database instead.
"""

import logging
import os
import resource
from pathlib import Path

from celery import signals
from django.conf import settings

logger = logging.getLogger(__name__)

SHARE = 0.75
"""Of the machine's, or the container's, memory: enough for anything that the system means to do."""

CONTAINER = Path("/sys/fs/cgroup/memory.max")


def most() -> int:
    """The bytes of data that a process of the worker may have."""
    if settings.WORKER_CHILD_BYTES > 0:
        return int(settings.WORKER_CHILD_BYTES)
    there = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    try:
        there = min(there, int(CONTAINER.read_text()))
    except (OSError, ValueError):
        # No container, or one without a limit.
        logger.debug("No limit of a container's is known.")
    return int(there * SHARE)


@signals.worker_process_init.connect
def confine(**_: object) -> None:
    """Set the limit on a process of the pool, and so on every process that it starts."""
    bytes_, hard = most(), resource.getrlimit(resource.RLIMIT_DATA)[1]
    if hard != resource.RLIM_INFINITY:
        bytes_ = min(bytes_, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (bytes_, hard))

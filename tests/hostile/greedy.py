"""Included in a worker (``--include``): jobs that want ever more memory, and what each try of theirs leaves."""

import os
import signal

from backend.jobs.services import Run, handles
from tests.backend.jobs import handlers
from tests.backend.jobs.handlers import BEGUN, trace

__all__ = ["handlers"]

CHUNK = 64 << 20
MOST = 64 << 30
"""More than any machine of ours has: a limit that does not hold would be met by the kernel, as without one."""


@handles("test.greedy")
def greedy(run: Run) -> None:
    """Takes memory, and touches it, until there is no more."""
    trace(BEGUN, run)
    held: list[bytearray] = []
    while len(held) * CHUNK < MOST:
        held.append(bytearray(os.urandom(1)) * CHUNK)


@handles("test.ended_by_the_kernel")
def ended_by_the_kernel(run: Run) -> None:
    """Dies as a process does whom the kernel has chosen, when a machine has no memory left."""
    trace(BEGUN, run)
    os.kill(os.getpid(), signal.SIGKILL)

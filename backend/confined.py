"""A process that works on bytes from outside: the limits that it sets on itself before it looks at one.

Imported by such processes before anything else, so it imports nothing of ours.
"""

import ctypes
import os
import resource
import signal
import sys

_PARENT_DEATH_SIGNAL = 1
_OUTPUT = 2 << 30
_OPEN_FILES = 64


def confine(parent: int, memory: int, cpu_seconds: int) -> None:
    """Sets the process's limits, and has it die with its parent.

    Args:
        parent: the process number of the parent.
        memory: bytes of address space.
        cpu_seconds: seconds of processor time.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        # The parent died before the kernel was told to watch it.
        os._exit(1)
    for kind, soft, hard in (
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_AS, memory, memory),
        (resource.RLIMIT_CPU, cpu_seconds, cpu_seconds + 1),
        (resource.RLIMIT_FSIZE, _OUTPUT, _OUTPUT),
        (resource.RLIMIT_NOFILE, _OPEN_FILES, _OPEN_FILES),
    ):
        most = resource.getrlimit(kind)[1]
        if most != resource.RLIM_INFINITY:
            soft, hard = min(soft, most), min(hard, most)
        resource.setrlimit(kind, (soft, hard))

"""What nobody waits for: done one at a time, so that of a worker's processes one is always free for people."""

from collections.abc import Callable
from functools import wraps

from backend import locks

TURN = "worker.behind"


def behind(work: Callable[..., None]) -> Callable[..., None]:
    """Let a task's work be done while nothing else works behind the rest, and left otherwise: it is rung for again."""

    @wraps(work)
    def patient(*args: int) -> None:
        with locks.alone(TURN) as mine:
            if mine:
                work(*args)

    return patient

"""Settling marked persons, and the bell for it."""

import time

from backend.bell import ring
from programs.targets.settle import BATCH, Settled, settle_batch
from talent.people.models import PersonChange
from talent.people.services import SETTLE

# Well below a task's hard limit: what is left is rung for again instead of being cut off in the middle.
LONGEST_SECONDS = 300.0


def ring_settle() -> None:
    """Ring for the settling once the running transaction commits; ``mark_changed`` does so by itself."""
    ring(SETTLE)


def settle(*, wait: bool = False, limit: int = BATCH, seconds: float = LONGEST_SECONDS) -> Settled:
    """Settle batch after batch until no mark is left; what was done in all.

    Without ``wait`` it leaves off while somebody else settles: that one looks for marks again after every batch, so it
    finds those that were written before we came.

    Args:
        wait: wait for another settler instead.
        limit: the most marks that are taken in one transaction.
        seconds: after that long it stops and rings for itself.
    """
    done = Settled()
    end = time.monotonic() + seconds
    while PersonChange.objects.exists():
        batch = settle_batch(limit=limit, wait=wait)
        if batch is None or not batch.marks:
            break
        done += batch
        if time.monotonic() > end:
            ring_settle()
            break
    return done

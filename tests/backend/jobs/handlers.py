"""Jobs and a subscriber for the tests, registered in the test's process and, by ``--include``, in real workers.

Each leaves its trace in the audit trail, because that is a table where nothing is ever overwritten: what was done twice
stands there twice.
"""

import os
import time
from typing import Any

from django.db import OperationalError, transaction

from backend.accounts import scope
from backend.audit.services import enter_audit
from backend.jobs.services import Run, Waiting, handles
from backend.outbox.services import state, subscribe

EFFECT = "test.effect"
BEGUN = "test.begun"
TOPIC = "test.job_done"


def trace(action: str, run: Run) -> None:
    """Leave a trace of a job, committed at once unless a transaction is open."""
    with scope.everything():
        enter_audit(
            action=action,
            subject=("job", run.job.pk),
            detail={"fence": run.job.fence, "process": os.getpid()},
        )


@handles("test.quick")
def quick(run: Run) -> dict[str, Any]:
    """Makes its effect and ends."""
    with transaction.atomic():
        run.hold()
        trace(EFFECT, run)
    return {"subject": run.job.subject_id, **run.job.params}


@handles("test.slow")
def slow(run: Run) -> dict[str, Any]:
    """Works for ``params.seconds`` in small steps, then makes its effect and is done in one transaction."""
    trace(BEGUN, run)
    steps = int(run.job.params["seconds"] * 10)
    for step in range(steps):
        if run.cancelled():
            return {}
        run.progress(step, steps)
        time.sleep(0.1)
    run.progress(steps, steps)
    with transaction.atomic():
        run.hold()
        trace(EFFECT, run)
        state(topic=TOPIC, subject_id=run.job.pk)
        run.finish({"steps": steps})
    return {}


@handles("test.frozen")
def frozen(run: Run) -> None:
    """Its process stands still for longer than its lease, wakes, and tries to make its effect."""
    trace(BEGUN, run)
    if run.job.fence == 1:
        time.sleep(run.job.params["seconds"])
    with transaction.atomic():
        run.hold()
        trace(EFFECT, run)
        run.finish()


@handles("test.deadly")
def deadly(run: Run) -> None:
    """Ends its own process the hard way, each time."""
    trace(BEGUN, run)
    os.kill(os.getpid(), 9)


@handles("test.wrong")
def wrong(run: Run) -> None:
    """Fails for good, quoting what it must not."""
    number = "520111" + "198811039164"
    raise ValueError(f"cannot take {number}")


@handles("test.passing")
def passing(run: Run) -> None:
    """Meets what will pass ``params.times`` times."""
    trace(BEGUN, run)
    if run.job.fence <= run.job.params["times"]:
        raise OperationalError("deadlock detected\nDETAIL: quoted row")
    with transaction.atomic():
        run.finish({"tries": run.job.fence})


@subscribe(TOPIC)
def heard(job_id: int) -> None:
    """Traces that the topic came through."""
    enter_audit(action=TOPIC, subject=("job", job_id))


@handles("test.waiting")
def waiting(run: Run) -> None:
    """Needs what is not there."""
    trace(BEGUN, run)
    raise Waiting("nobody answers")


@handles("test.behind", behind=("test.quick",))
def behind(run: Run) -> None:
    """Is done when no quick job waits."""
    trace(BEGUN, run)

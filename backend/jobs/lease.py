"""A job's lease: who may work on it, and for how long unless they say that they still live.

All times are the database's. ``fence`` is the number of the claim: a worker whose fence is no longer the job's has lost
it, and can neither finish it nor make its effect.
"""

import json
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Q

from backend.accounts import scope
from backend.clock import SqlNow
from backend.jobs import registry
from backend.jobs.models import Job

CLAIMS = 3
"""How often a job may be begun, less what it is spared. One that ended so many workers is failed, and not tried on."""

HELD_LEASES = 4
"""A transaction that holds its job extends the lease to this many, since nobody can renew it meanwhile."""

GIVES_WAY_SECONDS = 900
"""How long after it was queued a job gives way to those that it stands behind: a busy day must not keep it for good."""


class LostLease(Exception):
    """Somebody else has the job now, or nobody wants it any more: stop, and leave it alone."""


_GIVE_WAY = """
UPDATE job SET rung_at = NULL
WHERE id = %s AND state = 'queued' AND created_at > shugu_now() - make_interval(secs => %s)
  AND EXISTS (SELECT FROM job AS first WHERE first.kind = ANY(%s) AND first.state IN ('queued', 'running'))
"""


def claim(job_id: int) -> Job | None:
    """Take a queued job, or one whose worker has died; ``None`` if it is neither, or is being taken by another.

    One that gives way to others is not taken either, and rung for again at the reconciler's next round.

    A job that was begun ``CLAIMS`` times before is taken too, with a ``fence`` above that number: for failing it.
    """
    claimable = Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, lease_until__lt=SqlNow())
    with scope.everything():
        job = Job.objects.select_for_update(skip_locked=True).filter(claimable, pk=job_id).first()
        if job is None:
            return None
        with connection.cursor() as cursor:
            cursor.execute(_GIVE_WAY, [job_id, GIVES_WAY_SECONDS, list(registry.goes_behind(job.kind))])
            if cursor.rowcount:
                return None
            cursor.execute(
                "UPDATE job SET state = 'running', fence = fence + 1,"
                " lease_until = shugu_now() + make_interval(secs => %s) WHERE id = %s",
                [settings.JOB_LEASE_SECONDS, job_id],
            )
        job.state = Job.State.RUNNING
        job.fence += 1
    return job


def ring_again(job_id: int) -> None:
    """Have a queued job rung for at the reconciler's next round."""
    with scope.everything():
        Job.objects.filter(pk=job_id, state=Job.State.QUEUED).update(rung_at=None)


def renew(job: Job, done: int, total: int) -> None:
    """Say that the job's worker lives, and how far it is; passes over a job that is locked or lost."""
    with scope.everything(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE job SET done = %s, total = %s,"
            " lease_until = greatest(lease_until, shugu_now() + make_interval(secs => %s)) WHERE id = ("
            "  SELECT id FROM job WHERE id = %s AND fence = %s AND state = 'running' FOR UPDATE SKIP LOCKED)",
            [done, total, settings.JOB_LEASE_SECONDS, job.pk, job.fence],
        )


def hold(job: Job) -> None:
    """Lock the job until the running transaction ends, so that what it does and the lease stand or fall together.

    Raises:
        LostLease: the job is somebody else's by now, or was cancelled.
        NoTransaction: there is no transaction to hold it in.
    """
    scope.require_transaction()
    with scope.everything(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE job SET lease_until = shugu_now() + make_interval(secs => %s)"
            " WHERE id = %s AND fence = %s AND state = 'running'",
            [HELD_LEASES * settings.JOB_LEASE_SECONDS, job.pk, job.fence],
        )
        if not cursor.rowcount:
            raise LostLease(f"Job {job.pk} is no longer held by claim {job.fence}.")


def close(
    job: Job,
    state: str,
    *,
    result: dict[str, Any] | None = None,
    error: str = "",
    progress: tuple[int, int] | None = None,
) -> bool:
    """End a job that is held by this claim; whether it was.

    Args:
        state: ``done`` or ``failed``.
        result: what came of it.
        error: why it failed; no identity number in it.
        progress: how far it came, if that is known.
    """
    done, total = progress or (None, None)
    with scope.everything(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE job SET state = %s, result = %s, error = %s, finished_at = shugu_now(), lease_until = NULL,"
            " done = coalesce(%s, done), total = coalesce(%s, total)"
            " WHERE id = %s AND fence = %s AND state = 'running'",
            [state, json.dumps(result or {}), error, done, total, job.pk, job.fence],
        )
        return bool(cursor.rowcount)


def tries(job: Job) -> int:
    """How many of the job's claims count against it, this one included."""
    return job.fence - job.spared


def release(job: Job, error: str, rest: float = 0.0, *, spared: bool = False) -> None:
    """Put a job back for another try, because what it met will pass.

    Args:
        error: what it met.
        rest: seconds that it lies before it is rung for at the usual intervals; 0: it is rung for at once.
        spared: whether this claim does not count against the job, however often that comes.
    """
    with scope.everything(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE job SET state = 'queued', lease_until = NULL, error = %s, spared = spared + %s,"
            " rung_at = CASE WHEN %s > 0 THEN shugu_now() + make_interval(secs => %s) END"
            " WHERE id = %s AND fence = %s AND state = 'running'",
            [error, int(spared), rest, rest, job.pk, job.fence],
        )

"""Background work: queueing it, doing it under a lease, and finding what was lost."""

import json
import logging
import uuid
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from backend import locks
from backend.accounts import scope
from backend.accounts.models import User
from backend.audit.context import acting, under_way
from backend.bell import ring
from backend.failures import log_failure, told
from backend.faults import out_of_room
from backend.jobs import behind, lease, registry
from backend.jobs.lease import LostLease
from backend.jobs.models import Job
from backend.jobs.registry import handles
from backend.jobs.run import Renewer, Run
from backend.outbox.services import state

__all__ = ["LostLease", "Run", "Waiting", "cancel", "handles", "queue", "reconcile", "run"]

logger = logging.getLogger(__name__)

RUN = "jobs.run"
FAILED = "job.failed"
RINGS_AT_ONCE = 200

ACTION = "_action"
"""Under which of a job's params the action stands that queued it; its handler does not see it."""

RESTS = 2
"""A job that waits for something lies for so many times ``RING_AGAIN_SECONDS``, longer after each try."""

_DUE = (
    "state = 'queued' AND (rung_at IS NULL OR shugu_now() >= rung_at"
    " + least(greatest(rung_at - created_at, make_interval(secs => %s)), interval '60 s'))"
)

RESTS_WITHOUT_ROOM = 6
"""A job that finds a disk full lies for so many times ``RING_AGAIN_SECONDS``."""


class Waiting(ConnectionError):
    """A handler needs what is not there for now: it gives the worker free, and is tried again after a rest."""


# What passes by itself: the database was away, two transactions met, memory was short.
PASSING = (OperationalError, InterfaceError, ConnectionError, MemoryError)


def queue(
    *,
    kind: str,
    subject_id: int | None,
    organisation_id: int | None,
    actor: User | None = None,
    params: dict[str, Any] | None = None,
) -> Job:
    """Write a job in the caller's transaction, and ring for it when that commits.

    Args:
        kind: what is to be done; a handler must be registered for it by the time it runs.
        subject_id: the id of what it is done to.
        organisation_id: whose job it is, and who may watch it; ``None``: the bureau's.
        actor: for whom; their name stands on what the job audits.
        params: what the handler needs besides. No identity numbers: they are not sealed.

    Raises:
        NoTransaction: there is no transaction to write it in.
    """
    scope.require_transaction()
    action = under_way()
    kept = {**(params or {}), **({ACTION: str(action.id)} if action else {})}
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO job (kind, subject_id, organisation_id, params, state, done, total, result, error, fence,"
            " rung_at, created_by_id) VALUES (%s, %s, %s, %s, 'queued', 0, 0, '{}', '', 0, shugu_now(), %s)"
            " RETURNING id",
            [kind, subject_id, organisation_id, json.dumps(kept), actor.pk if actor else None],
        )
        job_id = cursor.fetchone()[0]
    ring(RUN, job_id)
    return Job.objects.get(pk=job_id)


def cancel(*, job: Job) -> bool:
    """Call a job off, in the caller's transaction; whether it could be. A running one stops at its next effect."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE job SET state = 'cancelled', finished_at = shugu_now(), lease_until = NULL"
            " WHERE id = %s AND state IN ('queued', 'running')",
            [job.pk],
        )
        return bool(cursor.rowcount)


def run(job_id: int) -> bool:
    """Do a job, if it is queued or its worker has died; whether it was ended here and now.

    What a handler raises fails the job, unless it will pass by itself: then the job is queued again, for three claims
    in all, and after a rest where it says that it is ``Waiting``. While a disk is full it is tried for as long as that
    lasts: what was acknowledged is done once there is room. A failed job states ``job.failed``.
    """
    with scope.everything():
        kinds = Job.objects.filter(pk=job_id).values_list("kind", flat=True)
        patient = any(registry.goes_behind(kind) for kind in kinds)
    if not patient:
        return _run(job_id)
    with locks.alone(behind.TURN) as mine:
        if not mine:
            lease.ring_again(job_id)
            return False
        ended = _run(job_id)
    if ended:
        _ring_for_next()
    return ended


def _ring_for_next() -> None:
    """Ring for the next of the jobs that go behind others: the reconciler rings for one of them at a time."""
    waiting = Job.objects.filter(state=Job.State.QUEUED, kind__in=registry.patient(), rung_at=None)
    with scope.everything():
        following = waiting.order_by("pk").values_list("pk", flat=True).first()
    if following is not None:
        ring(RUN, following)


def _run(job_id: int) -> bool:
    job = lease.claim(job_id)
    if job is None:
        return False
    if lease.tries(job) > lease.CLAIMS:
        _fail(job, job.error or f"It was begun {lease.CLAIMS} times, and its worker died each time.")
        return True
    handler = registry.handler(job.kind)
    if handler is None:
        _fail(job, f"There is no handler for jobs of kind “{job.kind}”.")
        return True
    queued_by = job.params.pop(ACTION, None)
    with acting(user=_user(job), action_id=uuid.UUID(queued_by) if queued_by else None, job=job.pk):
        logger.info("Job %s (%s) was begun.", job.pk, job.kind)
        try:
            with Renewer(Run(job)) as work:
                result = handler(work)
        except LostLease as lost:
            logger.warning("%s Its work was undone.", lost)
            return False
        except PASSING as error:
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()
            log_failure(logger, f"Job {job.pk} ({job.kind}), begun {job.fence} times", error)
            no_room = out_of_room(error)
            if lease.tries(job) >= lease.CLAIMS and not no_room:
                _fail(job, told(error))
                return True
            rests = RESTS_WITHOUT_ROOM if no_room else RESTS * job.fence if isinstance(error, Waiting) else 0
            lease.release(job, told(error), rests * settings.RING_AGAIN_SECONDS, spared=no_room)
            return False
        except Exception as error:  # noqa: BLE001 - whatever a handler raises is kept on its job
            log_failure(logger, f"Job {job.pk} ({job.kind})", error)
            _fail(job, told(error))
            return True
        logger.info("Job %s (%s) was carried out.", job.pk, job.kind)
    if work.finished:
        return True
    return lease.close(job, Job.State.DONE, result=result, progress=(work.done, work.total))


def reconcile() -> int:
    """Ring again for jobs whose bell was lost or whose worker has died; how many.

    A queued job is rung for after ``RING_AGAIN_SECONDS``, then at growing intervals up to a minute; one that was put
    back, or whose lease has run out, at once and then every ``RING_AGAIN_SECONDS``. Of those that go behind others only
    the first is: they are done one at a time, and hundreds that are rung for to give way keep the worker from what they
    give way to.
    """
    again, patient = settings.RING_AGAIN_SECONDS, registry.patient()
    with scope.everything(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE job SET rung_at = shugu_now() WHERE id IN ("
            "  SELECT id FROM job WHERE"
            f"    {_DUE} AND (kind <> ALL(%s) OR id = (SELECT min(id) FROM job WHERE {_DUE} AND kind = ANY(%s)))"
            "    OR state = 'running' AND lease_until < shugu_now()"
            "      AND (rung_at IS NULL OR rung_at < greatest(lease_until, shugu_now() - make_interval(secs => %s)))"
            "  ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED"
            ") RETURNING id",
            [again, patient, again, patient, again, RINGS_AT_ONCE],
        )
        waiting = sorted(row[0] for row in cursor.fetchall())
    for job_id in waiting:
        ring(RUN, job_id)
    return len(waiting)


def _fail(job: Job, error: str) -> None:
    with scope.everything():
        if lease.close(job, Job.State.FAILED, error=error):
            state(topic=FAILED, subject_id=job.pk)
            logger.error("Job %s (%s) failed: %s", job.pk, job.kind, error)


def _user(job: Job) -> User | None:
    return User.objects.filter(pk=job.created_by_id).first() if job.created_by_id else None

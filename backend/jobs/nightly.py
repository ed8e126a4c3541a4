"""Work that is done once a night, and on demand in between."""

import datetime as dt

from django.db import transaction

from backend import clock, locks
from backend.accounts.models import User
from backend.accounts.scope import everything
from backend.audit.services import enter_audit
from backend.clock import BUREAU
from backend.jobs.models import Job
from backend.jobs.services import queue


def queue_nightly(*, kind: str, name: str, hour: int) -> Job | None:
    """Queue the night's job of a kind; ``None`` where it was queued already or it is too early.

    Args:
        kind: the job's kind.
        name: of the lock under which it is decided whether there is one.
        hour: from this hour of the bureau's day on.
    """
    with everything():
        locks.hold(name)
        now = clock.now().astimezone(BUREAU)
        if now.hour < hour:
            return None
        begun = dt.datetime.combine(now.date(), dt.time(), BUREAU)
        if Job.objects.filter(kind=kind, created_by_id=None, created_at__gte=begun).exists():
            return None
        return queue(kind=kind, subject_id=None, organisation_id=None)


@transaction.atomic
def order(*, actor: User, kind: str, name: str, action: str) -> Job:
    """Have a job of a kind done now; one that waits or is under way is given instead of another.

    Args:
        action: what is entered on the trail where one is queued.
    """
    locks.hold(name)
    unfinished = Job.objects.filter(kind=kind, state__in=[Job.State.QUEUED, Job.State.RUNNING]).first()
    if unfinished is not None:
        return unfinished
    job = queue(kind=kind, subject_id=None, organisation_id=None, actor=actor)
    enter_audit(action=action, subject=job, actor=actor)
    return job

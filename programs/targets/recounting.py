"""The recount as background work: every night and on demand, each result kept as a row."""

from typing import Any

from django.db.models import QuerySet

from backend.accounts.models import User
from backend.accounts.scope import everything, visible
from backend.jobs import nightly
from backend.jobs.models import Job
from backend.jobs.services import Run
from backend.outbox.services import state
from programs.targets.models import RecountResult

RECOUNT = "targets.recount"
NIGHT = "targets.recount_nightly"
RECOUNTED = "targets.recounted"
"""Stated when a recount has been made, about its result."""

HOUR = 2
"""From this hour of the bureau's day on the night's recount is made."""


def queue_nightly() -> Job | None:
    """Queue the night's recount, unless it was queued already or it is too early."""
    return nightly.queue_nightly(kind=RECOUNT, name=NIGHT, hour=HOUR)


def order(*, actor: User) -> Job:
    """Have everybody counted afresh now; one that waits or is under way is given instead of another."""
    return nightly.order(actor=actor, kind=RECOUNT, name=NIGHT, action="recount.order")


def count_afresh(run: Run) -> dict[str, Any]:
    """Count and compare, keep the result, and state it; one row for a job, however often its worker must begin."""
    # Not above: it brings in polars, which must not be there when a pool is forked.
    from programs.targets.recount import recount

    found = recount()
    with everything():
        run.hold()
        result, new = RecountResult.objects.get_or_create(
            job_id=run.job.pk,
            defaults={
                "agrees": found.agrees,
                "amiss": found.amiss,
                "astray": found.astray,
                "nightly": run.job.created_by_id is None,
                "targets": [
                    {
                        "target": one.target,
                        "recounted": one.recounted,
                        "ledger": one.ledger,
                        "standing": one.standing,
                        "differing": one.differing,
                        "pending": one.pending,
                        "persons": [shown.person_id for shown in one.shown],
                    }
                    for one in found.targets
                ],
            },
        )
        if new:
            state(topic=RECOUNTED, subject_id=result.pk)
    return {"agrees": result.agrees, "result": result.pk}


def results(actor: User | None) -> QuerySet[RecountResult]:
    """What recounts came to, for the bureau's staff."""
    found = RecountResult.objects.all()
    return visible(found, actor) if actor is None or actor.sees_everything else found.none()

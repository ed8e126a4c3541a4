"""Working out where targets land: nightly and on demand, each as a job whose outcome is closed into the books."""

import datetime as dt
from dataclasses import asdict, replace
from typing import Any

from django.db import transaction

from backend import clock, locks
from backend.accounts.models import User
from backend.accounts.scope import everything
from backend.audit.services import enter_audit
from backend.jobs.models import Job
from backend.jobs.services import Run, queue
from programs.targets import amending, books, cube
from programs.targets.books import Moment
from programs.targets.landing.counting import count
from programs.targets.landing.models import StoredLanding
from programs.targets.landing.projecting import project
from programs.targets.landing.question import METHOD, Projection, Question
from programs.targets.landing.readings import questions
from programs.targets.models import Target

LANDING = "targets.landing"
TURN = "targets.landing"
UNFINISHED = (Job.State.QUEUED, Job.State.RUNNING)

CLOSES_AFTER = dt.timedelta(days=580)
"""So long after a target's end late reports are awaited; then it is worked out nightly no more."""


@transaction.atomic
def start_landing(*, target: Target, actor: User | None) -> Job:
    """Have a target's landing worked out; where that is under way already, the job that does it.

    Args:
        target: whose.
        actor: who asks; ``None``: the night.
    """
    locks.hold(TURN)
    with everything():
        waiting = Job.objects.filter(kind=LANDING, subject_id=target.pk, state__in=UNFINISHED).order_by("pk").last()
    if waiting is not None:
        return waiting
    job = queue(kind=LANDING, subject_id=target.pk, organisation_id=None, actor=actor)
    if actor is not None:
        enter_audit(action="target.landing", subject=job, detail={"target": target.code}, actor=actor)
    return job


def start_nightly() -> int:
    """Have every target worked out that has begun and whose reporting is not closed; how many. Repeating it on the same
    day changes nothing."""
    with everything():
        today = clock.today()
        done = set(
            StoredLanding.objects.filter(as_of=today, known_at__gte=books.start_of(today)).values_list(
                "target_id", flat=True
            )
        )
        live = Target.objects.filter(starts_on__lte=today, ends_on__gte=today - CLOSES_AFTER).exclude(pk__in=done)
        return len([start_landing(target=target, actor=None) for target in live.order_by("pk")])


def work_out(run: Run) -> dict[str, Any]:
    """The job of one landing: counts the backlog, then closes the books at a moment and stores what they say then."""
    with books.one_moment():
        target = Target.objects.filter(pk=run.job.subject_id or 0).first()
        backlog = count(target, clock.today()) if target else None
    if target is None or backlog is None:
        return {}
    with everything():
        run.hold()
        moment = books.close_now()
        own = [target.pk]
        heads = cube.heads_of(own, moment)
        asked_for = amending.terms([target], moment)[0].target
        asked = replace(questions([asked_for], moment, heads)[target.pk], backlog=backlog)
        stored = _store(target, moment, asked, project(asked, fan=True), run.job.pk)
        run.finish({"landing": stored.pk, "median": stored.median})
    return {}


def _store(target: Target, moment: Moment, asked: Question, found: Projection, job_id: int) -> StoredLanding:
    landing, backlog = found.landing, asked.backlog
    return StoredLanding.objects.create(
        target=target,
        as_of=moment.as_of,
        known_at=moment.known_at,
        computed_at=clock.now(),
        method=METHOD,
        low=landing.low,
        median=landing.median,
        high=landing.high,
        probability=landing.probability,
        pace=found.pace,
        required_pace=found.required_pace,
        late=found.late,
        reviewed=found.reviewed,
        awaiting=backlog.total if backlog else 0,
        reason=asdict(landing.reason) if landing.reason else None,
        inputs=_inputs(asked, found),
        job_id=job_id,
    )


def _inputs(asked: Question, found: Projection) -> dict[str, Any]:
    development, yielding = found.development, found.yielding
    return {
        "goal": asked.goal,
        "starts_on": asked.span.starts_on.isoformat(),
        "ends_on": asked.span.ends_on.isoformat(),
        "cells": [list(cell) for cell in asked.cells],
        "heads": [list(one) for one in asked.heads],
        "backlog": asked.backlog.as_json() if asked.backlog else None,
        "shares": list(development.shares) if development else [],
        "spreads": list(development.spreads) if development else [],
        "watched": list(development.watched) if development else [],
        "yield": asdict(yielding) if yielding else None,
        "observed": found.observed,
        "seed": asked.seed,
        "fan": [{**asdict(one), "ends_on": one.ends_on.isoformat()} for one in found.fan],
    }

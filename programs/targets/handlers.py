"""The jobs of targets, and what they do when something was reported."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet

from backend.accounts.scope import bind_by
from backend.jobs.services import Run, handles
from backend.outbox.services import subscribe
from programs.targets import explaining, recounting
from programs.targets.gap_models import Gap, Kind
from programs.targets.landing import services as landing
from programs.targets.models import PlanChange
from programs.targets.previewing import work_out
from programs.targets.previews import PREVIEW


@bind_by(Gap)
def of_districts(rows: QuerySet[Any], districts: Sequence[str]) -> QuerySet[Any]:
    """What is missing and is no record names nobody."""
    return rows.filter(~Q(kind=Kind.RECORD) | Q(district__in=districts))


@bind_by(PlanChange)
def of_nobody(rows: QuerySet[Any], districts: Sequence[str]) -> QuerySet[Any]:
    """Whom a plan file would count otherwise is for the officers of the whole city."""
    return rows.none()


@handles(PREVIEW)
def work_out_preview(run: Run) -> dict[str, Any]:
    """Works out what a plan file would do."""
    return work_out(run)


@subscribe("submission.committed")
def note_reported(submission_id: int) -> None:
    """What a submission that was taken has reported stands in the gap as soon as that has come to it."""
    explaining.mark_reported(submission_id=submission_id)


@handles(landing.LANDING)
def work_out_landing(run: Run) -> dict[str, Any]:
    """Works out where a target will land."""
    return landing.work_out(run)


@handles(recounting.RECOUNT)
def count_afresh(run: Run) -> dict[str, Any]:
    """Counts everybody afresh and keeps what came of it."""
    return recounting.count_afresh(run)

"""The jobs of review, and what records and their count add to a person's page."""

from typing import Any

from django.utils.translation import gettext_lazy as lazy

from backend.accounts.models import User
from backend.accounts.scope import everything, of_districts
from backend.jobs.models import Job
from backend.jobs.services import Run, handles
from backend.messages.endpoints.events import offer
from backend.outbox.services import subscribe
from programs.records.models import Decision, Record
from programs.review import history, telling, timeline
from programs.review.previewing import PREVIEW, Preview, blank, by_person, try_out
from programs.review.runs import pieces, size
from programs.review.sampling import handlers as sampling
from programs.review.services import AT_ONCE, DECIDE, Summary, decide_some, order_for, order_of
from programs.review.undoing import UNDO, Undone, undo
from talent.people.sources import section, timeline_source

__all__ = ["decide", "sampling"]

CHUNK = 10_000
DISTRICT = "record__district"

offer(telling.DECIDED, lazy("Records were decided: verified, returned, rejected or revoked"))
offer(telling.SAID, lazy("Somebody asked or answered in a question"))

section("records")(timeline.records_of)
timeline_source(timeline.reports)
timeline_source(timeline.decisions)
timeline_source(history.checks)
timeline_source(history.withdrawals)
timeline_source(history.names)
timeline_source(history.merges)
timeline_source(timeline.counts)


@subscribe(telling.DECIDED)
def tell_decided(decision_id: int) -> None:
    """Partners hear of what was decided by one stroke, named by the first of its decisions."""
    telling.decided(decision_id)


@subscribe(telling.SAID)
def tell_said(message_id: int) -> None:
    """The other side of a question hears of what was said."""
    telling.said(message_id)


@handles(DECIDE)
def decide(run: Run) -> dict[str, Any]:
    """Decides on the job's records, some at a time, each time in a transaction that also notes how far it has come."""
    order, ranges = order_of(run.job)
    kept = dict(run.job.result)
    after, total = kept.pop("after", 0), size(ranges)
    summary = Summary(**kept)
    with everything():
        officer = User.objects.filter(pk=order.officer_id).first()
    done = total - sum(len(piece) for piece in pieces(ranges, CHUNK, after))
    run.progress(done, total)
    for ids in pieces(ranges, CHUNK, after):
        with everything():
            run.hold()
            # What has come to another district since is not the officer's any more.
            seen = ids
            if officer is not None and officer.districts:
                seen = list(of_districts(Record.objects.filter(pk__in=ids), officer).values_list("pk", flat=True))
            decide_some(order, seen, summary, {**run.job.params["asked"], "job": run.job.pk}, officer)
            Job.objects.filter(pk=run.job.pk).update(result={**summary.as_dict(), "after": ids[-1]})
        done += len(ids)
        run.progress(done, total)
    return summary.as_dict()


@handles(UNDO)
def undo_run(run: Run) -> dict[str, Any]:
    """Undoes the job's run, some decisions at a time; what was put back before is passed over."""
    with everything():
        officer = User.objects.filter(pk=run.job.created_by_id or 0).first()
        taken = of_districts(Decision.objects.filter(run_id=run.job.subject_id, undoing=None), officer, DISTRICT)
        taken = taken.order_by("record_id")
        ids = list(taken.values_list("pk", flat=True))
    whole = Undone()
    run.progress(0, len(ids))
    for start in range(0, len(ids), CHUNK):
        with everything():
            run.hold()
            detail = {"run": run.job.subject_id, "job": run.job.pk}
            piece = ids[start : start + CHUNK]
            part = undo(decision_ids=piece, reason=run.job.params["reason"], actor=officer, detail=detail)
        whole.undone += part.undone
        whole.stays += part.stays
        run.progress(min(start + CHUNK, len(ids)), len(ids))
    return whole.as_dict()


@handles(PREVIEW)
def preview(run: Run) -> dict[str, Any]:
    """Tries a decision out on the job's records, some at a time, those of one person together."""
    params = run.job.params
    ids = [number for piece in pieces(params["ranges"], CHUNK) for number in piece]
    with everything():
        officer = User.objects.get(pk=run.job.created_by_id or 0)
        found = Preview(params["decision"], total=len(ids), targets=blank())
        parts = list(by_person(ids, AT_ONCE))
    order = order_for(params["decision"], officer, frozenset(params["submissions"]))
    run.progress(0, len(ids))
    done = 0
    for part in parts:
        with everything():
            run.hold()
            try_out(order, part, found)
        done += len(part)
        run.progress(done, len(ids))
    return found.as_dict()

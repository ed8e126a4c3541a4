"""The jobs of review, and what records and their count add to a person's page."""

from typing import Any

from backend.accounts.models import User
from backend.accounts.scope import everything
from backend.jobs.models import Job
from backend.jobs.services import Run, handles
from programs.review import history, timeline
from programs.review.runs import pieces, size
from programs.review.services import DECIDE, Summary, decide_some, order_of
from talent.people.sources import section, timeline_source

CHUNK = 10_000

section("records")(timeline.records_of)
timeline_source(timeline.reports)
timeline_source(timeline.decisions)
timeline_source(history.checks)
timeline_source(history.withdrawals)
timeline_source(history.names)
timeline_source(timeline.counts)


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
            decide_some(order, ids, summary, {**run.job.params["asked"], "job": run.job.pk}, officer)
            Job.objects.filter(pk=run.job.pk).update(result={**summary.as_dict(), "after": ids[-1]})
        done += len(ids)
        run.progress(done, total)
    return summary.as_dict()

"""The commit: the good rows of a checked submission become people, records and credentials, all or none of them.

Commits take turns. Two uploads that bring the same new person at once would otherwise meet at the unique index of
identity numbers with COPY unable to give way; taking turns keeps every commit one short transaction, and the part
that can be done beforehand (unsealing, reading, checking cells) is done before the turn is taken.
"""

from backend import clock, locks
from backend.accounts import scope
from backend.audit.services import enter_audit
from backend.jobs.services import Run
from backend.outbox.services import state
from programs.intake import noting, sheets, steps
from programs.intake.assessing import Assessment, Counts
from programs.intake.changes import AMENDMENTS, amended
from programs.intake.templates.template import template_of
from programs.submissions import services as submissions
from programs.submissions.models import Submission

Status = Submission.Status
TURN = "intake.commit"
STEPS = len(steps.COMMIT)
COMMITTED = "submission.committed"


def commit(run: Run, submission_id: int, organisation_id: int) -> dict:
    """Takes a confirmed submission into the books; afterwards it is accepted, partly accepted or rejected.

    Everything is compared again with what is known at this moment: what others committed since the check counts.

    Args:
        run: the job's claim; its lease must hold when the rows are taken.
        submission_id: the submission.
        organisation_id: whose scope the work is done in.
    """
    with scope.within(organisation_id):
        submission = Submission.with_practice.select_related(
            "sheet", "period", "organisation", "submitted_by", "confirmed_by"
        ).get(pk=submission_id)
        if submission.status != Status.COMMITTING:
            return {"status": submission.status}
        engine = template_of(submission.template).engine()
        prepared = engine.prepare(submission, submission.meta, sheets.parts(submission), looking_up=False)
    run.progress(1, STEPS)
    with scope.within(organisation_id):
        if not submission.practice:
            take_turn()
        current = submissions.locked(submission_id)
        run.hold()
        if current.status != Status.COMMITTING:
            return {"status": current.status}
        assessment = engine.assess(current, prepared, locking=not current.practice)
        del prepared
        run.progress(2, STEPS)
        take(current, assessment)
    run.progress(STEPS, STEPS)
    return {"status": current.status}


def take_turn() -> None:
    """Waits until no other commit is under way, and keeps others waiting until the transaction ends."""
    locks.hold(TURN)


def try_turn() -> bool:
    """Takes the turn if no other commit is under way; whether it was taken."""
    return locks.try_hold(TURN)


def take(submission: Submission, assessment: Assessment) -> None:
    """Takes the rows of a submission whose row is held, in the transaction in which they were assessed, ``locking``.

    The caller has its turn. Of what is only for practice no row is taken and nothing follows: what would have come of
    it is all that is written down.
    """
    engine = template_of(submission.template).engine()
    counts = assessment.counts
    if submission.policy == Submission.Policy.ALL_OR_NOTHING and counts.rejected:
        counts = Counts(counts.rows, 0, 0, 0, counts.rows)
        submission.meta = submission.meta | {AMENDMENTS: 0}
    else:
        if not submission.practice:
            engine.take(submission, assessment)
        submission.meta = submission.meta | {AMENDMENTS: amended(assessment)}
    if not submission.practice:
        engine.conclude(submission, assessment)
    noting.write_findings(submission, assessment.findings, assessment.severities)
    noting.set_counts(submission, counts)
    submission.status = _outcome(counts)
    submission.standing = submission.status != Status.REJECTED
    submission.committed_at = clock.now()
    submission.save()
    detail = {name: getattr(submission, name) for name in noting.COUNT_FIELDS} | {"sha256": submission.sha256}
    if submission.practice:
        enter_audit(action="submission.practised", subject=submission, detail=detail)
    else:
        enter_audit(action="submission.committed", subject=submission, detail=detail)
    submissions.tell_judged(submission)
    if not submission.practice and (counts.accepted or counts.unchanged):
        state(topic=COMMITTED, subject_id=submission.pk)


def would_take(submission: Submission, counts: Counts) -> bool:
    """Whether a commit would take any row at all."""
    held_back = submission.policy == Submission.Policy.ALL_OR_NOTHING and counts.rejected > 0
    return not held_back and bool(counts.accepted or counts.unchanged)


def _outcome(counts: Counts) -> str:
    if counts.rejected == 0:
        return Status.ACCEPTED
    return Status.PARTLY_ACCEPTED if counts.accepted or counts.unchanged else Status.REJECTED

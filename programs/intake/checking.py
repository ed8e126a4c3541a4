"""From the bytes that a partner sent to findings on them."""

import json

from django.conf import settings

from backend import clock
from backend.accounts import scope
from backend.audit.services import enter_audit
from backend.jobs.services import Run
from backend.vault.files import services as files
from programs.intake import committing, noting, sandbox, sheets, steps
from programs.intake.assessing import Assessment, Prepared, assess, prepare
from programs.intake.changes import AMENDMENTS, amended
from programs.intake.readers.limits import Limits
from programs.intake.readers.records import sheet_from_records
from programs.intake.readers.sheet import Sheet
from programs.submissions import services as submissions
from programs.submissions.models import Submission

Status = Submission.Status
STEPS = len(steps.CHECK)


def check(run: Run, submission_id: int, organisation_id: int) -> dict:
    """Reads and checks one submission; afterwards it is ``checked``, or ``rejected`` by a fatal finding.

    Args:
        run: the job's claim; its lease must hold when the outcome is written.
        submission_id: the submission.
        organisation_id: whose scope the work is done in.
    """
    with scope.within(organisation_id):
        submission = Submission.objects.select_related("original", "period", "organisation", "submitted_by").get(
            pk=submission_id
        )
        if submission.status not in (Status.RECEIVED, Status.CHECKING):
            return {"status": submission.status}
        Submission.objects.filter(pk=submission_id, status=Status.RECEIVED).update(status=Status.CHECKING)
        data = files.read(submission.original)
    run.progress(1, STEPS)
    sheet = read(submission.kind, data, run)
    run.progress(2, STEPS)
    if sheet.meta.get("fatal"):
        return _refuse(run, submission, sheet)
    submission.meta = sheet.meta
    with scope.within(organisation_id):
        prepared = prepare(submission, sheet.meta, sheets.cut(sheet.frame))
    run.progress(3, STEPS)
    return _conclude(run, submission, sheet, prepared)


def read(kind: str, data: bytes, run: Run | None = None) -> Sheet:
    """The sheet in ``data``: a batch of records as sent by API, or a file read in a child that can be killed."""
    limits = Limits(max_bytes=settings.UPLOAD_BYTES, max_rows=settings.UPLOAD_ROWS)
    if kind == "json":
        return sheet_from_records(json.loads(data)["records"], limits)
    return sandbox.read(data, limits, should_stop=run.cancelled if run else None)


def _refuse(run: Run, submission: Submission, sheet: Sheet) -> dict:
    with scope.within(submission.organisation_id):
        current = submissions.locked(submission.pk)
        run.hold()
        if current.status != Status.CHECKING:
            return {"status": current.status}
        current.meta = sheet.meta
        current.status, current.standing = Status.REJECTED, False
        current.checked_at = clock.now()
        current.save()
        noting.write_findings(current, noting.fatal_findings(sheet.meta["fatal"]))
        enter_audit(
            action="submission.refused",
            subject=current,
            detail={"rules": sorted({found["rule"] for found in sheet.meta["fatal"]})},
        )
    return {"status": Status.REJECTED}


def _conclude(run: Run, submission: Submission, sheet: Sheet, prepared: Prepared) -> dict:
    """Compares the rows and writes down what was found; takes them at once where nobody is to be asked."""
    alone = submission.confirm == Submission.Confirm.AUTO
    with scope.within(submission.organisation_id):
        sender = submission.submitted_by
        signed = alone and submissions.needs_signature(submission, sender)
        at_once = alone and not signed
        if at_once:
            committing.take_turn()
        current = submissions.locked(submission.pk)
        run.hold()
        if current.status != Status.CHECKING:
            return {"status": current.status}
        assessment = assess(current, prepared, locking=at_once)
        if current.sheet is None:
            current.sheet = sheets.keep(current, map(sheets.packed, sheets.cut(sheet.frame)))
        current.meta = sheet.meta | {AMENDMENTS: amended(assessment)}
        current.status = Status.CHECKED
        current.checked_at = clock.now()
        noting.set_counts(current, assessment.counts)
        current.save()
        enter_audit(
            action="submission.checked",
            subject=current,
            detail={name: getattr(current, name) for name in noting.COUNT_FIELDS} | {"sha256": current.sha256},
        )
        if at_once:
            current.confirmed_at = current.checked_at
            committing.take(current, assessment)
        else:
            noting.write_findings(current, assessment.findings, assessment.severities)
            if signed and committing.would_take(current, assessment.counts):
                submissions.prepare(submission=current, actor=sender)
    run.progress(STEPS, STEPS)
    return {"status": current.status}


def reassess(submission: Submission) -> Assessment:
    """Assesses a checked submission anew, with its mended cells, and writes down what is found now.

    Runs inside the caller's transaction, which holds the submission's row. What was handed over for signature is to be
    handed over anew: other rows may be taken of it than its signatory would have seen.
    """
    submissions.unprepare(submission=submission)
    assessment = assess(submission, prepare(submission, submission.meta, sheets.parts(submission)))
    noting.set_counts(submission, assessment.counts)
    submission.meta = submission.meta | {AMENDMENTS: amended(assessment)}
    submission.save(update_fields=[*noting.COUNT_FIELDS, "meta"])
    noting.write_findings(submission, assessment.findings, assessment.severities)
    return assessment


def go_on(run: Run, submission_id: int, organisation_id: int) -> dict:
    """Checks a checked submission again, because something it waited for is there now."""
    with scope.within(organisation_id):
        current = submissions.locked(submission_id)
        run.hold()
        if current.status != Status.CHECKED:
            return {"status": current.status}
        reassess(current)
        enter_audit(
            action="submission.checked_again",
            subject=current,
            detail={name: getattr(current, name) for name in noting.COUNT_FIELDS},
        )
    return {"status": current.status}

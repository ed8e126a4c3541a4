"""From the bytes that a partner sent to findings on them."""

from contextlib import nullcontext
from typing import Any

import orjson
from django.conf import settings

from backend import clock
from backend.accounts import scope
from backend.audit.services import enter_audit
from backend.jobs.services import Run, Waiting
from backend.vault.files import scanner
from backend.vault.files import services as files
from programs.intake import committing, noting, sandbox, sheets, steps
from programs.intake.assessing import Assessment
from programs.intake.changes import AMENDMENTS, amended
from programs.intake.columns import layout_of
from programs.intake.joining import JOINING, joining
from programs.intake.layout import Layout
from programs.intake.packing import PackedSheet, pack_sheet, unpack
from programs.intake.readers.limits import Limits
from programs.intake.readers.records import sheet_from_records
from programs.intake.readers.sheet import meta_of
from programs.intake.templates.template import template_of
from programs.submissions import services as submissions
from programs.submissions.models import Submission

Status = Submission.Status
BATCH = "json"
STEPS = len(steps.CHECK)


def check(run: Run, submission_id: int, organisation_id: int) -> dict:
    """Scans, reads and checks one submission; afterwards it is ``checked``, or ``rejected`` by a fatal finding.

    Args:
        run: the job's claim; its lease must hold when the outcome is written.
        submission_id: the submission.
        organisation_id: whose scope the work is done in.
    """
    with scope.within(organisation_id):
        submission = Submission.with_practice.select_related("original", "period", "organisation", "submitted_by").get(
            pk=submission_id
        )
        if submission.status not in (Status.RECEIVED, Status.CHECKING):
            return {"status": submission.status}
        Submission.with_practice.filter(pk=submission_id, status=Status.RECEIVED).update(status=Status.CHECKING)
    limits = Limits(max_bytes=settings.UPLOAD_BYTES, max_rows=settings.UPLOAD_ROWS)
    layout = layout_of(submission.template)
    # A file's reader loads its packages while the file is unsealed and scanned.
    with nullcontext() if submission.kind == BATCH else sandbox.Reader(limits, layout=layout) as reader:
        with scope.within(organisation_id):
            data = files.read(submission.original)
        verdict = _scan(data)
        if verdict.threat:
            return _quarantine(run, submission, verdict.threat)
        run.progress(1, STEPS)
        sheet = _read(run, data, limits, layout, reader)
    del data
    run.progress(2, STEPS)
    if sheet.meta.get("fatal"):
        return _refuse(run, submission, sheet.meta)
    submission.meta = sheet.meta
    # In a list that is emptied: of a million rows the sheet would otherwise be held until the last one is taken.
    rows = [sheet.rows]
    del sheet
    return _conclude(run, submission, rows, scanned=verdict.scanned)


def _read(run: Run, data: bytes, limits: Limits, layout: Layout, reader: sandbox.Reader | None) -> PackedSheet:
    """The sheet in ``data``: a batch of records as sent by API, or a file read in a child that can be killed."""
    if reader is None:
        sheet = pack_sheet(sheet_from_records(orjson.loads(data)["records"], limits, layout))
    else:
        sheet = sandbox.read_packed(data, limits, run.cancelled, reader, layout)
    return PackedSheet(sheet.rows, _storable(sheet.meta))


def _storable(told: Any) -> Any:
    """What a reader tells of a file, without the one character that the database cannot hold."""
    if isinstance(told, str):
        return told.replace("\0", "")
    if isinstance(told, dict):
        return {_storable(name): _storable(value) for name, value in told.items()}
    return [_storable(value) for value in told] if isinstance(told, list) else told


def _scan(data: bytes) -> scanner.Verdict:
    """What the virus scanner says, if there is one; a job whose scanner is away waits for it.

    A file over the limit is not scanned: it is refused without being read, and nothing of it leaves the vault again.
    """
    if len(data) > settings.UPLOAD_BYTES:
        return scanner.Verdict(scanned=False, threat="")
    try:
        return scanner.scan(data)
    except scanner.Unreachable as error:
        raise Waiting(str(error)) from error


def _quarantine(run: Run, submission: Submission, threat: str) -> dict:
    meta = meta_of(None, fatal=[{"rule": "F07", "params": {"threat": threat}}])
    with scope.within(submission.organisation_id):
        outcome = _refuse(run, submission, meta, action="submission.quarantined", threat=threat)
        if outcome["status"] == Status.REJECTED:
            files.quarantine(file=submission.original)
    return outcome


def _refuse(
    run: Run, submission: Submission, meta: dict[str, Any], action: str = "submission.refused", **detail: str
) -> dict:
    with scope.within(submission.organisation_id):
        current = submissions.locked(submission.pk)
        run.hold()
        if current.status != Status.CHECKING:
            return {"status": current.status}
        current.meta = meta
        current.status, current.standing = Status.REJECTED, False
        current.checked_at = clock.now()
        current.save()
        noting.write_findings(current, noting.fatal_findings(meta["fatal"]))
        submissions.tell_judged(current)
        rules = sorted({found["rule"] for found in meta["fatal"]})
        enter_audit(action=action, subject=current, detail={"rules": rules, "sha256": current.sha256} | detail)
    return {"status": Status.REJECTED}


def _conclude(run: Run, submission: Submission, rows: list[bytes], *, scanned: bool) -> dict:
    """Checks the rows and writes down what was found; takes them at once where nobody is to be asked.

    ``rows`` holds the packed rows, and none when they are put away.
    """
    meta = submission.meta
    engine = template_of(submission.template).engine()
    alone = submission.confirm == Submission.Confirm.AUTO
    with scope.within(submission.organisation_id):
        sender = submission.submitted_by
        signed = alone and submissions.needs_signature(submission, sender)
        at_once = alone and not signed
        writes = at_once and not submission.practice
        # Where another one has its turn, what needs none is done meanwhile; numbers are looked up once it is ours.
        waits = writes and not committing.try_turn()
        prepared = engine.prepare(submission, meta, unpack(rows[0]), looking_up=not waits)
        if waits:
            committing.take_turn()
        run.progress(3, STEPS)
        current = submissions.locked(submission.pk)
        run.hold()
        if current.status != Status.CHECKING:
            return {"status": current.status}
        assessment = engine.assess(current, prepared, locking=writes)
        del prepared
        packed = rows.pop()
        if current.sheet is None:
            current.sheet = sheets.keep(current, packed)
        del packed
        current.meta = meta | {AMENDMENTS: amended(assessment), JOINING: joining(assessment)}
        current.status = Status.CHECKED
        current.checked_at = clock.now()
        noting.set_counts(current, assessment.counts)
        current.save()
        enter_audit(
            action="submission.checked",
            subject=current,
            detail={name: getattr(current, name) for name in noting.COUNT_FIELDS}
            | {"sha256": current.sha256, "scanned": scanned},
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
    engine = template_of(submission.template).engine()
    prepared = engine.prepare(submission, submission.meta, sheets.parts(submission), looking_up=True)
    assessment = engine.assess(submission, prepared)
    noting.set_counts(submission, assessment.counts)
    submission.meta = submission.meta | {AMENDMENTS: amended(assessment), JOINING: joining(assessment)}
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

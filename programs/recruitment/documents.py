"""The files of candidates: filing them, looking at them, taking them away. Kept and looked at as evidence is.

A file is told by its content. Its outline is looked at in the request; then a job has a scanner see it, where one is
set up, has it decoded in a process of its own, and only then is it kept.
"""

import hashlib
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.accounts.models import User
from backend.accounts.scope import within
from backend.audit.services import enter_audit
from backend.jobs.models import Job
from backend.jobs.services import Run, Waiting, queue
from backend.problems import AlreadyExists, Conflict, FieldError, Invalid, NotFound, register, unique
from backend.vault.files import pictures, scanner
from backend.vault.files import services as files
from backend.vault.files.media import PDF, TYPES, Outline, Refused, outline
from backend.vault.files.models import SealedFile
from programs.recruitment.entering import locked
from programs.recruitment.models import Arrival, Candidate, Document

register(duplicate_document=lazy("This file is kept with the candidate already"))

PREPARE = "candidate.document"
MEGABYTE = 1024 * 1024
INFECTED = "infected"
UNCHECKED = "unchecked"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; sandbox"
State = Document.State


def refusal(fault: str) -> str:
    """Why a file was refused, in a sentence that says what to do; the fault is one of ``media.Refused``'s."""
    told = {
        "unknown": _("This is no PDF, JPEG or PNG by its content. Scan it, or save it as a PDF, and send that."),
        "damaged": _("The file is damaged or cut off and cannot be opened. Save it anew and send it again."),
        "disguised": _("The file holds something else besides what it shows. Save it anew and send it again."),
        "encrypted": _("The PDF is protected. Save it without protection and send it again."),
        "oversized": _("The picture or document is larger than is taken. Send a smaller one."),
        "active": _("The PDF holds scripts or other files. Print it to a new PDF and send that."),
        UNCHECKED: _("The file could not be checked. Send it again; if that happens again, tell the bureau."),
        INFECTED: _("The virus scanner found something in the file; it was put away. Have the computer checked."),
    }
    return told[fault]


@transaction.atomic
def file_document(*, actor: User, candidate_id: int, kind: str, data: bytes) -> Document:
    """Takes a file of a candidate, and has it looked at.

    Args:
        actor: somebody of the candidate's organisation, or an officer.
        candidate_id: whom the actor was found to see.
        kind: one of ``Document.Kind``.
        data: the file's bytes.

    Raises:
        Invalid: it is empty, too large, of no known kind, damaged, disguised or encrypted.
        Conflict: there are as many as there may be, or this one is among them (``duplicate_document``).
    """
    candidate = locked(candidate_id)
    shape = _outline(data)
    standing = Document.objects.filter(candidate=candidate, kind=kind).exclude(state=State.REFUSED)
    if standing.count() >= settings.EVIDENCE_FILES:
        told = _("There are %(most)d files of this kind, which is the most. Take one away first.")
        raise Conflict(told % {"most": settings.EVIDENCE_FILES})
    digest = hashlib.sha256(data).hexdigest()
    told = _("The same file was sent for this candidate before.")
    if standing.filter(sha256=digest).exists():
        raise Conflict(told, "duplicate_document")
    file = files.store(organisation_id=candidate.organisation_id, purpose=SealedFile.Purpose.EVIDENCE, data=data)
    try:
        with unique({"document_once_per_candidate": told}):
            row = Document.objects.create(
                candidate=candidate,
                organisation_id=candidate.organisation_id,
                kind=kind,
                media=shape.media,
                file=file,
                size=len(data),
                sha256=digest,
                on_behalf=actor.sees_everything and candidate.organisation_id != actor.organisation_id,
                filed_by_id=actor.pk,
            )
    except AlreadyExists as error:
        raise Conflict(told, "duplicate_document") from error
    queue(kind=PREPARE, subject_id=row.pk, organisation_id=candidate.organisation_id, actor=actor)
    detail = {"candidate": candidate.pk, "kind": kind, "sha256": digest, "media": shape.media}
    enter_audit(action="candidate.file", subject=row, detail=detail, actor=actor)
    return row


@transaction.atomic
def take_away(*, actor: User, document: Document) -> None:
    """Destroys a file that was filed in error.

    Raises:
        Conflict: it is the last evidence of a post whose arrival was reported.
    """
    locked(document.candidate_id)
    row = Document.objects.select_for_update(of=("self",)).select_related("file").filter(pk=document.pk).first()
    if row is None:
        raise NotFound
    if row.kind == Document.Kind.POST_EVIDENCE and row.state != State.REFUSED:
        others = evidence_of(row.candidate_id).exclude(pk=row.pk)
        reported = Arrival.objects.filter(candidate=row.candidate_id, undone_at=None)
        if reported.exists() and not others.exists():
            raise Conflict(_("The arrival was reported with this evidence, so it stays. File the right one first."))
    detail = {"candidate": row.candidate_id, "kind": row.kind, "sha256": row.sha256}
    enter_audit(action="candidate.take_away", subject=row, detail=detail, actor=actor)
    file = row.file
    row.delete()
    if file is not None:
        files.delete(file)


def evidence_of(candidate_id: int) -> Any:
    """The evidence of post of a candidate that was not refused."""
    return Document.objects.filter(candidate=candidate_id, kind=Document.Kind.POST_EVIDENCE).exclude(
        state=State.REFUSED
    )


@transaction.atomic
def answer(*, actor: User, document: Document) -> HttpResponse:
    """A file that is kept; who looked at which, and when, goes on the trail. A document is only to be saved.

    Raises:
        NotFound: it is not kept, or not yet looked at.
        backend.vault.errors.VaultError: it does not open, or is in quarantine.
    """
    if document.state != State.KEPT or document.file is None:
        raise NotFound
    data = files.read(document.file)
    detail = {"candidate": document.candidate_id, "kind": document.kind, "sha256": document.sha256}
    enter_audit(action="candidate.view", subject=document, detail=detail, actor=actor)
    how = "attachment" if document.media == PDF else "inline"
    name = f"{document.kind}-{document.pk}.{'jpg' if document.media == 'jpeg' else document.media}"
    return HttpResponse(
        data,
        content_type=TYPES[document.media],
        headers={
            "Content-Disposition": f'{how}; filename="{name}"',
            "Content-Security-Policy": POLICY,
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "no-store",
        },
    )


def prepare(run: Run) -> dict[str, str]:
    """The job of one file: scanned where a scanner is set up, decoded, and kept or refused."""
    subject, organisation = run.job.subject_id, run.job.organisation_id
    assert subject is not None
    assert organisation is not None
    with within(organisation):
        row = Document.objects.select_related("file").filter(pk=subject, state=State.RECEIVED).first()
        if row is None or row.file is None:
            return {}
        data = files.read(row.file)
    try:
        verdict = scanner.scan(data)
    except scanner.Unreachable as error:
        raise Waiting(str(error)) from error
    if verdict.threat:
        return _refuse(run, row, INFECTED, threat=verdict.threat)
    try:
        shape = outline(data, most_pixels=settings.EVIDENCE_PIXELS)
        drawn = pictures.draw(data, shape, most_pixels=settings.EVIDENCE_PIXELS, most_pages=settings.EVIDENCE_PAGES)
    except Refused as fault:
        return _refuse(run, row, fault.fault)
    with within(organisation):
        run.hold()
        if not _still(row):
            return {}
        Document.objects.filter(pk=row.pk).update(state=State.KEPT, pages=drawn.pages)
    return {"state": State.KEPT.value}


def give_up(*, job_id: int) -> None:
    """Refuses the file of a job that has failed for good: nothing waits that nobody looks at any more."""
    job = Job.objects.filter(pk=job_id, kind=PREPARE).first()
    row = Document.objects.select_related("file").filter(pk=job.subject_id or 0).first() if job else None
    if row is not None and _still(row):
        _put_away(row, UNCHECKED)


def _refuse(run: Run, row: Document, fault: str, **detail: str) -> dict[str, str]:
    with within(row.organisation_id):
        run.hold()
        if not _still(row):
            return {}
        _put_away(row, fault, **detail)
    return {"state": State.REFUSED.value, "fault": fault}


def _put_away(row: Document, fault: str, **detail: str) -> None:
    enter_audit(
        action="candidate.file_refuse",
        subject=row,
        detail={"candidate": row.candidate_id, "fault": fault, "sha256": row.sha256, **detail},
    )
    assert row.file is not None
    if fault == INFECTED:
        files.quarantine(file=row.file)
        Document.objects.filter(pk=row.pk).update(state=State.REFUSED, fault=fault)
    else:
        Document.objects.filter(pk=row.pk).update(state=State.REFUSED, fault=fault, file=None)
        files.delete(row.file)


def _still(row: Document) -> bool:
    """Whether the file still waits, with its candidate locked first, as whoever files or takes away does."""
    list(Candidate.objects.select_for_update(no_key=True).filter(pk=row.candidate_id))
    return Document.objects.select_for_update().filter(pk=row.pk, state=State.RECEIVED).exists()


def _outline(data: bytes) -> Outline:
    if not data:
        raise Invalid([FieldError("file", "empty", _("The file is empty."))])
    if len(data) > settings.EVIDENCE_BYTES:
        told = _("The file is larger than %(most)d MB. Send a smaller one.")
        raise Invalid([FieldError("file", "too_large", told % {"most": settings.EVIDENCE_BYTES // MEGABYTE})])
    try:
        return outline(data, most_pixels=settings.EVIDENCE_PIXELS)
    except Refused as fault:
        raise Invalid([FieldError("file", fault.fault, refusal(fault.fault))]) from fault

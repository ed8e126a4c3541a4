"""The files of candidates: filing them, looking at them, taking them away. Kept and looked at as evidence is."""

import hashlib

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.accounts.models import User
from backend.audit.services import enter_audit
from backend.filing import downloads
from backend.filing.faults import outline_of
from backend.filing.services import Cabinet
from backend.jobs.services import queue
from backend.problems import AlreadyExists, Conflict, NotFound, register, unique
from backend.vault.files import services as files
from backend.vault.files.models import SealedFile
from programs.recruitment.entering import locked
from programs.recruitment.models import Arrival, Candidate, Document

register(duplicate_document=lazy("This file is kept with the candidate already"))

State = Document.State


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
    shape = outline_of(data)
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
    queue(kind=CABINET.job, subject_id=row.pk, organisation_id=candidate.organisation_id, actor=actor)
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


def evidence_of(candidate_id: int) -> QuerySet[Document]:
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
    return downloads.answer(data=data, media=document.media, name=f"{document.kind}-{document.pk}")


def _lock_candidate(row: Document) -> None:
    list(Candidate.objects.select_for_update(no_key=True).filter(pk=row.candidate_id))


CABINET = Cabinet(
    Document,
    job="candidate.document",
    action="candidate.file_refuse",
    detail=lambda row: {"candidate": row.candidate_id},
    lock=_lock_candidate,
)

"""The files that show a credential: filing them, looking at them, taking them away.

A file is told by its content. Its outline is looked at in the request; then a job has a scanner see it, where one is
set up, has it decoded in a process of its own, and only then is it kept and shows anything.
"""

import hashlib
from typing import NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.accounts import scope
from backend.accounts.models import User
from backend.accounts.scope import within
from backend.audit.services import enter_audit
from backend.jobs.models import Job
from backend.jobs.services import Run, Waiting, queue
from backend.problems import AlreadyExists, Conflict, FieldError, Forbidden, Invalid, NotFound, register, unique
from backend.vault.files import pictures, scanner
from backend.vault.files import services as files
from backend.vault.files.media import Outline, Refused, outline
from backend.vault.files.models import SealedFile
from talent.credentials.models import Credential, Evidence, Examination
from talent.people.models import PersonChange
from talent.people.services import mark_changed

register(duplicate_evidence=lazy("This file shows the credential already"))

PREPARE = "evidence.prepare"
MEGABYTE = 1024 * 1024
INFECTED = "infected"
UNCHECKED = "unchecked"
State = Evidence.State


class Refusal(NamedTuple):
    """Why a file is refused, as a code and in a sentence that says what to do."""

    code: str
    sentence: str


def refusal(fault: str) -> Refusal:
    """A fault in the reader's language; the fault is one of ``media.Refused``'s, or ``infected``."""
    told = {
        "unknown": _("This is no PDF, JPEG or PNG by its content. Scan or photograph the certificate and send that."),
        "damaged": _("The file is damaged or cut off and cannot be opened. Save it anew and send it again."),
        "disguised": _("The file holds something else besides the picture. Save it anew as a plain picture."),
        "encrypted": _("The PDF is protected. Save it without protection and send it again."),
        "oversized": _(
            "The picture or document is larger than is taken. Send a smaller scan of the certificate alone."
        ),
        "active": _("The PDF holds scripts or other files. Print it to a new PDF and send that."),
        UNCHECKED: _("The file could not be checked. Send it again; if that happens again, tell the bureau."),
        INFECTED: _("The virus scanner found something in the file; it was put away. Have the computer checked."),
    }
    return Refusal(fault, told[fault])


def may_file(actor: User, organisation_id: int) -> bool:
    """Whether ``actor`` may file evidence for a credential of an organisation's record, or take it away."""
    if actor.role == User.Role.OFFICER:
        return True
    return actor.role == User.Role.PARTNER and not actor.read_only and actor.organisation_id == organisation_id


@transaction.atomic
def file_evidence(*, credential_id: int, data: bytes, actor: User) -> Evidence:
    """Take a file that shows a credential, and have it looked at.

    Args:
        credential_id: the credential, which the actor was found to see.
        data: the file's bytes.
        actor: the partner whose record carries it, or an officer on its behalf.

    Raises:
        NotFound: there is no such credential.
        Forbidden: the actor may not file anything for it.
        Invalid: the file is empty, too large, of no known kind, damaged, disguised or encrypted.
        Conflict: the credential has as many files as it may have, or this one already (``duplicate_evidence``).
    """
    credential = _locked(credential_id, actor)
    # Whoever is bound to districts sees a file once it is evidence there, and not before.
    with scope.whole(actor):
        return _file(credential, data, actor)


def _file(credential: Credential, data: bytes, actor: User) -> Evidence:
    shape = _outline(data)
    standing = Evidence.objects.filter(credential_id=credential.pk).exclude(state=State.REFUSED)
    if standing.count() >= settings.EVIDENCE_FILES:
        told = _("A credential has %(most)d files at most. Take one away first.")
        raise Conflict(told % {"most": settings.EVIDENCE_FILES})
    digest = hashlib.sha256(data).hexdigest()
    told = _("The same file was sent for this credential before.")
    if standing.filter(sha256=digest).exists():
        raise Conflict(told, "duplicate_evidence")
    file = files.store(organisation_id=credential.organisation_id, purpose=SealedFile.Purpose.EVIDENCE, data=data)
    try:
        with unique({"evidence_once_per_credential": told}):
            evidence = Evidence.objects.create(
                credential_id=credential.pk,
                record_id=credential.record_id,
                person_id=credential.person_id,
                organisation_id=credential.organisation_id,
                media=shape.media,
                file=file,
                size=len(data),
                sha256=digest,
                width=shape.width,
                height=shape.height,
                on_behalf=actor.sees_everything,
                filed_by_id=actor.pk,
            )
    except AlreadyExists as error:
        raise Conflict(told, "duplicate_evidence") from error
    queue(kind=PREPARE, subject_id=evidence.pk, organisation_id=credential.organisation_id, actor=actor)
    enter_audit(
        action="evidence.file",
        subject=evidence,
        detail={"credential": credential.pk, "sha256": digest, "media": shape.media, "on_behalf": evidence.on_behalf},
        actor=actor,
    )
    return evidence


@transaction.atomic
def take_away(*, evidence_id: int, actor: User) -> None:
    """Destroy a file that was filed in error. What an officer had before them when they judged stays.

    Raises:
        NotFound: there is no such file.
        Forbidden: the actor may not.
        Conflict: the credential was examined since it was filed.
    """
    row = Evidence.objects.filter(pk=evidence_id).first()
    if row is None:
        raise NotFound
    credential = _locked(row.credential_id, actor)
    judged = Examination.objects.filter(credential_id=row.credential_id, at__gte=row.filed_at)
    if judged.exists() or credential.state in (Credential.State.CONFIRMED, Credential.State.REFUTED):
        raise Conflict(_("An officer has examined the credential with this file, so it stays."))
    enter_audit(
        action="evidence.take_away",
        subject=row,
        detail={"credential": row.credential_id, "sha256": row.sha256, "media": row.media},
        actor=actor,
    )
    kept = [one for one in (row.thumbnail, row.file) if one]
    with scope.whole(actor):
        row.delete()
        for file in kept:
            files.delete(file)
        _set_state(row.credential_id)


@transaction.atomic
def open_file(*, evidence: Evidence, actor: User, thumbnail: bool = False) -> bytes:
    """The bytes of a file that is kept, or of its small picture; who looked at which, and when, goes on the trail.

    Raises:
        NotFound: it is not kept, or not yet looked at.
        backend.vault.errors.VaultError: it does not open, or is in quarantine.
    """
    file = evidence.thumbnail if thumbnail else evidence.file
    if evidence.state != State.KEPT or file is None:
        raise NotFound
    data = files.read(file)
    enter_audit(
        action="evidence.view_thumbnail" if thumbnail else "evidence.view",
        subject=evidence,
        detail={"credential": evidence.credential_id, "person": evidence.person_id, "sha256": evidence.sha256},
        actor=actor,
    )
    return data


def prepare(run: Run) -> dict[str, str]:
    """The job of one file: scanned where a scanner is set up, decoded, and kept or refused."""
    subject, organisation = run.job.subject_id, run.job.organisation_id
    assert subject is not None
    assert organisation is not None
    with within(organisation):
        row = Evidence.objects.select_related("file").filter(pk=subject, state=State.RECEIVED).first()
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
        drawn = pictures.draw(
            data,
            Outline(row.media, row.width, row.height),
            most_pixels=settings.EVIDENCE_PIXELS,
            most_pages=settings.EVIDENCE_PAGES,
        )
    except Refused as fault:
        return _refuse(run, row, fault.fault)
    return _keep(run, row, drawn)


def _keep(run: Run, row: Evidence, drawn: pictures.Picture) -> dict[str, str]:
    with within(row.organisation_id):
        run.hold()
        if not _still(row):
            return {}
        thumbnail = files.store(
            organisation_id=row.organisation_id, purpose=SealedFile.Purpose.THUMBNAIL, data=drawn.thumbnail
        )
        Evidence.objects.filter(pk=row.pk).update(
            state=State.KEPT,
            thumbnail=thumbnail,
            pages=drawn.pages,
            width=drawn.width,
            height=drawn.height,
        )
        _set_state(row.credential_id)
    return {"state": State.KEPT.value}


def _refuse(run: Run, row: Evidence, fault: str, **detail: str) -> dict[str, str]:
    with within(row.organisation_id):
        run.hold()
        if not _still(row):
            return {}
        _put_away(row, fault, **detail)
    return {"state": State.REFUSED.value, "fault": fault}


def give_up(*, job_id: int) -> None:
    """Refuse the file of a job that has failed for good: nothing waits that nobody looks at any more."""
    job = Job.objects.filter(pk=job_id, kind=PREPARE).first()
    row = Evidence.objects.select_related("file").filter(pk=job.subject_id or 0).first() if job else None
    if row is not None and _still(row):
        _put_away(row, UNCHECKED)


def _put_away(row: Evidence, fault: str, **detail: str) -> None:
    enter_audit(
        action="evidence.refuse",
        subject=row,
        detail={"credential": row.credential_id, "fault": fault, "sha256": row.sha256, **detail},
    )
    assert row.file is not None
    if fault == INFECTED:
        files.quarantine(file=row.file)
        Evidence.objects.filter(pk=row.pk).update(state=State.REFUSED, fault=fault)
    else:
        Evidence.objects.filter(pk=row.pk).update(state=State.REFUSED, fault=fault, file=None)
        files.delete(row.file)


def _still(row: Evidence) -> bool:
    """Whether the file still waits, with its credential locked first, as whoever files or takes away does."""
    list(Credential.objects.select_for_update(no_key=True).filter(pk=row.credential_id))
    return Evidence.objects.select_for_update().filter(pk=row.pk, state=State.RECEIVED).exists()


def _locked(credential_id: int, actor: User) -> Credential:
    credential = Credential.objects.select_for_update(no_key=True).filter(pk=credential_id).first()
    if credential is None:
        raise NotFound
    if not may_file(actor, credential.organisation_id):
        raise Forbidden
    return credential


def _outline(data: bytes) -> Outline:
    if not data:
        raise Invalid([FieldError("file", "empty", _("The file is empty."))])
    if len(data) > settings.EVIDENCE_BYTES:
        told = _("The file is larger than %(most)d MB. Send a smaller scan of the certificate alone.")
        raise Invalid([FieldError("file", "too_large", told % {"most": settings.EVIDENCE_BYTES // MEGABYTE})])
    try:
        return outline(data, most_pixels=settings.EVIDENCE_PIXELS)
    except Refused as fault:
        raise Invalid([FieldError("file", *refusal(fault.fault))]) from fault


def _set_state(credential_id: int) -> None:
    """Evidenced with the first file that is kept, claimed again without any; a verdict stands whatever is filed."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE credential SET state = wanted.state FROM (
                SELECT CASE WHEN EXISTS (SELECT FROM evidence WHERE credential_id = %(id)s AND state = 'kept')
                            THEN 'evidenced' ELSE 'claimed' END AS state
            ) AS wanted
            WHERE id = %(id)s AND credential.state IN ('claimed', 'evidenced') AND credential.state <> wanted.state
            RETURNING person_id
            """,
            {"id": credential_id},
        )
        persons = [person for (person,) in cursor.fetchall()]
    mark_changed(person_ids=persons, reason=PersonChange.Reason.EVIDENCED)

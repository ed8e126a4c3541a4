"""The files that show a credential: filing them, looking at them, taking them away.

A file is told by its content and looked at by a job, as ``backend.filing`` says; it shows something only once it is
kept.
"""

import hashlib
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.accounts import scope
from backend.accounts.models import User
from backend.audit.services import enter_audit
from backend.filing.faults import outline_of
from backend.filing.services import Cabinet
from backend.jobs.services import queue
from backend.problems import AlreadyExists, Conflict, Forbidden, NotFound, register, unique
from backend.vault.files import pictures
from backend.vault.files import services as files
from backend.vault.files.models import SealedFile
from talent.credentials.models import Credential, Evidence, Examination
from talent.people.models import PersonChange
from talent.people.services import mark_changed

register(duplicate_evidence=lazy("This file shows the credential already"))

State = Evidence.State


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
    shape = outline_of(data)
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
    queue(kind=CABINET.job, subject_id=evidence.pk, organisation_id=credential.organisation_id, actor=actor)
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


def _small_picture(row: Evidence, drawn: pictures.Picture) -> dict[str, Any]:
    thumbnail = files.store(
        organisation_id=row.organisation_id, purpose=SealedFile.Purpose.THUMBNAIL, data=drawn.thumbnail
    )
    return {"thumbnail": thumbnail, "width": drawn.width, "height": drawn.height}


def _lock_credential(row: Evidence) -> None:
    list(Credential.objects.select_for_update(no_key=True).filter(pk=row.credential_id))


def _locked(credential_id: int, actor: User) -> Credential:
    credential = Credential.objects.select_for_update(no_key=True).filter(pk=credential_id).first()
    if credential is None:
        raise NotFound
    if not may_file(actor, credential.organisation_id):
        raise Forbidden
    return credential


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


CABINET = Cabinet(
    Evidence,
    job="evidence.prepare",
    action="evidence.refuse",
    detail=lambda row: {"credential": row.credential_id},
    lock=_lock_credential,
    noted=_small_picture,
    kept=lambda row: _set_state(row.credential_id),
)

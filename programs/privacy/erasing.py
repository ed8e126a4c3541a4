"""Carrying out an approved deletion: everywhere that somebody stands, in one transaction, or nowhere.

Looking through the sealed files takes long and is done before; what came meanwhile is looked through within the
transaction, in which nothing else is committed and no hold is placed. Sheets are sealed anew without the person's rows.
An original cannot be cut without becoming another file than the partner sent, and is destroyed as a whole; its sheet
holds what it said of everybody else. Verified records stay as heads without a name, so that ledger, cube and everything
published stay as they are; what nobody has verified is off the books.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl
from django.db import connection

from backend import clock, locks
from backend.accounts.models import User
from backend.accounts.scope import everything
from backend.audit.services import enter_audit
from backend.jobs.services import Run
from backend.vault.files import services as files
from backend.vault.files.models import SealedFile
from programs.checklists.models import CheckList
from programs.disposal import certificates, holds
from programs.disposal.models import DisposalRun, DisposedItem
from programs.disposal.stripping import Stripped, Whose, strip
from programs.intake.committing import TURN
from programs.intake.packing import pack, unpack
from programs.intake.sheets import keep
from programs.privacy.finding import Found, look
from programs.privacy.models import ErasedPerson, PrivacyRequest, State
from programs.privacy.whose import Known, known
from programs.privacy.words import take_out
from programs.submissions.models import Finding, Mend, Submission
from talent.people.models import Person, PersonChange, RosterMark
from talent.people.services import mark_changed

BASIS = "《个人信息保护法》第四十七条"


def erase(run: Run) -> dict[str, Any]:
    """The job: looks for the person everywhere, then erases them. Done exactly if the request says so.

    Raises:
        programs.disposal.holds.Held: a hold was placed since it was approved; the request waits again.
    """
    with everything():
        request = PrivacyRequest.objects.get(pk=run.job.subject_id or 0)
        if request.erased_at is not None or request.approved_at is None:
            return {}
        known_before = known(request.person_id)
    found = look(known_before, run=run)
    try:
        with everything():
            run.hold()
            return _erase(request.pk, known_before, found)
    except holds.Held as held:
        with everything():
            run.hold()
            _put_back(request.pk, str(held.detail))
        return {"held": True}


def _erase(request_id: int, before: Known, found: Found) -> dict[str, Any]:
    locks.hold(TURN)
    locks.hold(holds.HOLDS)
    request = PrivacyRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
    if request.erased_at is not None or request.approved_at is None:
        return {}
    list(Person.objects.select_for_update().filter(pk__in=before.persons).order_by("pk"))
    now = known(request.person_id)
    # Somebody was found to be the same human being meanwhile, or has another number: all is looked through again.
    found = look(now, found=found if now.traces == before.traces and now.persons == before.persons else None)
    standing = {one.pk: one for one in [*holds.on_persons(now.persons), *holds.on_submissions(found.rows)]}
    if standing:
        raise holds.Held(standing.values())
    disposal = DisposalRun.objects.create(request_id=request_id, until=clock.now())
    done = strip(
        Whose(
            persons=now.persons,
            records=now.records,
            candidates=now.candidates,
            submissions=sorted(found.rows),
            words=now.words,
        )
    )
    for submission in Submission.objects.filter(pk__in=found.rows).select_related("sheet", "original").order_by("pk"):
        _cut_out(disposal, submission, found.rows[submission.pk], now.words)
    _drop_lists(disposal, found.lists)
    _drop_copies(disposal, now.persons)
    _note(disposal, done)
    take_out(now, found.rows)
    ErasedPerson.objects.bulk_create(ErasedPerson(person_id=one, request=request) for one in now.persons)
    mark_changed(person_ids=now.persons, reason=PersonChange.Reason.CORRECTED)
    RosterMark.objects.bulk_create(RosterMark(person_id=one) for one in now.persons)
    certificate = certificates.issue(run=disposal, told=_told(request, done, found))
    request.state, request.erased_at, request.closed_at = State.ANSWERED, clock.now(), clock.now()
    request.closed_by = request.approved_by
    request.save(update_fields=["state", "erased_at", "closed_at", "closed_by"])
    told = {"certificate": certificate.number, "rows": done.rows, "submissions": len(found.rows)}
    enter_audit(action="privacy.erase", subject=request, detail=told)
    return told


def _cut_out(disposal: DisposalRun, submission: Submission, rows: set[int], words: Sequence[str]) -> None:
    """Seals the sheet anew without some rows, destroys the original, and takes the rows' cells out of the findings."""
    destroyed: list[tuple[str, SealedFile]] = []
    if rows and submission.sheet is not None and submission.sheet.disposed_at is None:
        gone = pl.col("row").is_in(sorted(rows))
        left = (part.filter(~gone) for part in unpack(files.read(submission.sheet)))
        old, submission.sheet = submission.sheet, keep(submission, b"".join(pack(left)))
        destroyed += [("sheet", one) for one in files.dispose(file_ids=[old.pk])]
    submission.save(update_fields=["sheet"])
    destroyed += [("original", one) for one in files.dispose(file_ids=[submission.original_id])]
    _note_files(disposal, "submission", submission.pk, destroyed)
    Mend.objects.filter(submission=submission, row__in=rows).delete()
    found = Finding.objects.filter(submission=submission, row__in=rows)
    found.exclude(value="").update(value="***")
    with connection.cursor() as cursor:
        for word in words:
            cursor.execute(
                "UPDATE finding SET params = replace(params::text, %s, '***')::jsonb"
                ' WHERE submission_id = %s AND "row" = ANY (%s) AND position(%s IN params::text) > 0',
                [word, submission.pk, sorted(rows), word],
            )


def _drop_lists(disposal: DisposalRun, list_ids: Iterable[int]) -> None:
    """Lists that named the person are destroyed: they were asked with once, and nothing rests on them."""
    for one in CheckList.objects.filter(pk__in=list(list_ids)).order_by("pk"):
        ids = [file for file in (one.original_id, one.result_id) if file is not None]
        _note_files(disposal, "check_list", one.pk, [("list", file) for file in files.dispose(file_ids=ids)])


def _drop_copies(disposal: DisposalRun, person_ids: Sequence[int]) -> None:
    """Copies that were made for the person before."""
    for one in PrivacyRequest.objects.filter(person_id__in=person_ids):
        ids = [file for file in (one.readable_id, one.machine_id) if file is not None]
        _note_files(disposal, "privacy_request", one.pk, [("copy", file) for file in files.dispose(file_ids=ids)])


def _note_files(disposal: DisposalRun, table: str, subject: int, destroyed: Iterable[tuple[str, SealedFile]]) -> None:
    DisposedItem.objects.bulk_create(
        DisposedItem(
            run=disposal,
            table=table,
            subject_id=subject,
            organisation_id=file.organisation_id,
            file_id=file.pk,
            part=part,
            sha256=file.sha256,
            size=file.size,
        )
        for part, file in destroyed
    )


def _note(disposal: DisposalRun, done: Stripped) -> None:
    for table, row, file in done.files:
        _note_files(disposal, table, row, [(table, file)])


def _told(request: PrivacyRequest, done: Stripped, found: Found) -> dict[str, Any]:
    def name(user: User | None) -> str:
        return user.username if user else ""

    return {
        "cause": "request",
        "request": request.pk,
        "basis": BASIS,
        "proposed_by": name(request.proposed_by),
        "approved_by": name(request.approved_by),
        "rows": done.rows,
        "submissions": sorted(found.rows),
        "sheets_cut": sum(bool(rows) for rows in found.rows.values()),
        "unread": found.unread,
    }


def _put_back(request_id: int, why: str) -> None:
    """A hold came between: what was approved has to be approved again once it is lifted."""
    request = PrivacyRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
    request.approved_by = request.approved_at = request.job_id = None
    request.save(update_fields=["approved_by", "approved_at", "job_id"])
    enter_audit(action="privacy.held", subject=request, detail={"why": why})

"""What may be done with a submission: receive, mend, confirm, cancel."""

import datetime as dt
import hashlib
from itertools import islice

import orjson
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend import clock
from backend.accounts.history.closed import refuse_closed
from backend.accounts.models import Organisation, User
from backend.accounts.scope import refuse_bound
from backend.audit.services import enter_audit
from backend.jobs import services as jobs
from backend.outbox.services import state
from backend.problems import Conflict, Forbidden, Invalid, register
from backend.vault.files import services as files
from backend.vault.files.models import SealedFile
from backend.vault.masking import scrub
from programs.periods.models import Period
from programs.submissions import templates
from programs.submissions.models import Submission
from programs.submissions.templates import TALENT_RECORDS

register(
    practice=lazy("This is for practice"),
    duplicate_file=lazy("This file was uploaded already"),
    period_locked=lazy("This period is locked"),
    row_not_found=lazy("The file has no such row"),
)

CHECK = "submission.check"
COMMIT = "submission.commit"
MOST_NAMED = 100
JUDGED = "submission.judged"
"""Stated once it is said what came of a submission: taken, taken in part, refused, or failed."""
Status = Submission.Status
VERDICTS = (Status.ACCEPTED, Status.PARTLY_ACCEPTED, Status.REJECTED, Status.FAILED)
OPENING_FROM = dt.date(2017, 1, 1)
"""The first day of the periods that old ledgers are loaded for."""


def locked(submission_id: int) -> Submission:
    """The submission with its row held until the transaction ends."""
    return (
        Submission.with_practice.select_for_update(of=("self",))
        .select_related("organisation", "period", "sheet", "original")
        .get(pk=submission_id)
    )


def display_name(name: str) -> str:
    """A file's name fit to be shown: no folders, no control or direction marks, no identity number, not long."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(character for character in last if character.isprintable())
    return scrub(shown)[:120]


@transaction.atomic
def receive(
    *,
    actor: User,
    organisation: Organisation,
    period: Period | None,
    data: bytes,
    kind: str,
    template: str = TALENT_RECORDS,
    file_name: str = "",
    policy: str = Submission.Policy.ACCEPT_GOOD_ROWS,
    confirm: str = Submission.Confirm.MANUAL,
    force: bool = False,
    opening: bool = False,
    practice: bool = False,
) -> Submission:
    """Takes in what a partner sent: seals the bytes, writes the submission, and has it checked.

    Args:
        actor: who sends it; bureau staff send on the partner's behalf, which is marked.
        organisation: whose submission it is.
        period: the period reported; none for a template that belongs to no period.
        data: the file's bytes, or a batch's canonical JSON.
        kind: ``file`` or ``json``.
        template: the code of the template that the rows are in.
        file_name: as the sender calls it; only shown.
        policy: whether the good rows of a file with errors are taken.
        confirm: whether the rows are taken without asking once they are checked.
        force: take the same bytes once more.
        opening: an old ledger that the bureau loads as an opening book, for a period from ``OPENING_FROM`` on.
        practice: tried out only: nothing of it reaches the books, and it neither is a duplicate nor makes one.

    Raises:
        Forbidden: a partner loads no opening books, an officer who is bound to districts sends for no partner, and the
            bureau practises on nobody's behalf.
        Invalid: an opening book of an earlier period, or of anything but talent records; practice in anything but
            talent records; a period where none belongs, or none where one does.
        Conflict: 409 ``period_locked``, ``organisation_closed``, or ``duplicate_file`` with ``existing`` while the same
            bytes stand.
    """
    refuse_bound(actor)
    _refuse_without(template, period)
    # What it reported while it was there may still be loaded from an old ledger.
    refuse_closed(organisation, period.starts_on if opening and period is not None else None)
    if period is not None and period.locked_at is not None:
        raise Conflict(
            _("Period %(period)s is locked. Ask the bureau to reopen it.") % {"period": period.code}, "period_locked"
        )
    if opening:
        _refuse_as_opening(actor, template, period)
    if practice:
        _refuse_as_practice(actor, template, opening)
    digest = hashlib.sha256(data).hexdigest()
    if not force and not practice:
        _refuse_duplicate(organisation, template, period, digest)
    try:
        with transaction.atomic():
            original = files.store(organisation_id=organisation.pk, purpose=SealedFile.Purpose.ORIGINAL, data=data)
            submission = Submission.with_practice.create(
                organisation=organisation,
                template=template,
                period=period,
                policy=policy,
                confirm=confirm,
                kind=kind,
                file_name=display_name(file_name),
                original=original,
                size=len(data),
                sha256=digest,
                forced=force,
                on_behalf=actor.sees_everything,
                opening=opening,
                practice=practice,
                submitted_by=actor,
            )
    except IntegrityError:
        # Another upload of the same bytes was faster: the index decided, and its row can be named now.
        _refuse_duplicate(organisation, template, period, digest)
        raise
    _queue(submission=submission, kind=CHECK, actor=actor)
    enter_audit(
        action="submission.received",
        subject=submission,
        detail={"period": period.code if period else None, "sha256": digest, "size": len(data), "forced": force}
        | ({"template": template} if template != TALENT_RECORDS else {})
        | ({"opening": True} if opening else {})
        | ({"practice": True} if practice else {}),
    )
    return submission


def _refuse_without(template: str, period: Period | None) -> None:
    asked = templates.named(template)
    if asked.periodic and period is None:
        raise Invalid([("period", "required", _("This field is required."))])
    if period is not None and not asked.periodic:
        text = _("“%(template)s” belongs to no period; leave it out.") % {"template": asked.name}
        raise Invalid([("period", "not_wanted", text)])


def _refuse_as_opening(actor: User, template: str, period: Period | None) -> None:
    if not actor.sees_everything:
        raise Forbidden(_("Opening books are loaded by the bureau."))
    if template != TALENT_RECORDS or period is None:
        raise Invalid([("opening", "not_wanted", _("Opening books are talent records; leave it out."))])
    if period.starts_on < OPENING_FROM:
        text = _("Opening books begin with %(year)s; choose a period from then on.") % {"year": OPENING_FROM.year}
        raise Invalid([("period", "too_early", text)])


def _refuse_as_practice(actor: User, template: str, opening: bool) -> None:
    if actor.sees_everything:
        raise Forbidden(_("Whoever reports practises for their own organisation."))
    if template != TALENT_RECORDS or opening:
        raise Invalid([("practice", "not_wanted", _("Talent records are what may be tried out; leave it out."))])


def refuse_practice(submission: Submission, what: str) -> None:
    """Refuses what would reach beyond a submission that is only for practice.

    Args:
        submission: of which something is asked.
        what: why not, in the reader's language.

    Raises:
        Conflict: 409 ``practice`` where it is only for practice.
    """
    if submission.practice:
        raise Conflict(what, "practice")


def _refuse_duplicate(organisation: Organisation, template: str, period: Period | None, digest: str) -> None:
    existing = (
        Submission.objects.filter(
            organisation=organisation, template=template, period=period, sha256=digest, standing=True
        )
        .order_by("pk")
        .values_list("pk", flat=True)
        .first()
    )
    if existing is not None:
        already = (
            _(
                "The same file was already uploaded as submission %(id)s. "
                "Send it with force=true if you mean to upload it again."
            )
            if period is None
            else _(
                "The same file was already uploaded for %(period)s as submission %(id)s. "
                "Send it with force=true if you mean to upload it again."
            )
        )
        raise Conflict(
            already % {"period": period.code if period else "", "id": existing},
            "duplicate_file",
            existing=existing,
        )


def records_as_bytes(period: str | None, records: list) -> bytes:
    """A batch in its canonical form, so that the same records are the same bytes.

    Raises:
        Invalid: a record holds a list or an object where a cell has one value.
    """
    nested = (
        (f"records.{place}.{scrub(code[:80])}", "invalid", _("Send one value: text, a number, true, false or null."))
        for place, record in enumerate(records)
        for code, value in record.items()
        if isinstance(value, list | dict)
    )
    if errors := list(islice(nested, MOST_NAMED)):
        raise Invalid(errors)
    return orjson.dumps({"period": period, "records": records}, option=orjson.OPT_SORT_KEYS)


def _queue(*, submission: Submission, kind: str, actor: User | None = None) -> None:
    submission.job = jobs.queue(
        kind=kind, subject_id=submission.pk, organisation_id=submission.organisation_id, actor=actor
    )
    submission.save(update_fields=["job"])


def queue_commit(*, submission: Submission, actor: User | None = None) -> None:
    """Moves a checked submission, whose row the caller holds, on to the commit."""
    submission.status = Status.COMMITTING
    submission.confirmed_at, submission.confirmed_by = clock.now(), actor
    submission.save(update_fields=["status", "confirmed_at", "confirmed_by"])
    _queue(submission=submission, kind=COMMIT, actor=actor)


@transaction.atomic
def confirm(*, actor: User, submission: Submission) -> Submission:
    """Confirms a checked submission: its good rows are taken into the books. Confirming twice changes nothing.

    Where the organisation signs off, somebody fills in and another one, a signatory, answers for it: the first
    confirmation hands the submission over and it stays ``checked``; a signatory's, who is not the one that handed it
    over, has it taken. The bureau, which acts on a partner's behalf, needs no signature.

    Raises:
        Conflict: 409 ``conflict`` where it is not checked yet, or was cancelled, rejected or failed;
            ``organisation_closed``.
    """
    refuse_bound(actor)
    current = locked(submission.pk)
    if current.status in (Status.COMMITTING, Status.ACCEPTED, Status.PARTLY_ACCEPTED):
        return current
    refuse_closed(current.organisation, current.period.starts_on if current.opening and current.period else None)
    if current.status != Status.CHECKED:
        raise Conflict(
            _("Submission %(id)s is “%(status)s” and cannot be confirmed.")
            % {"id": current.pk, "status": current.get_status_display()}
        )
    if needs_signature(current, actor) and not may_sign(actor, current):
        return _hand_over(actor, current)
    queue_commit(submission=current, actor=actor)
    detail = {"sha256": current.sha256}
    if current.prepared_by is not None:
        detail["prepared_by"] = current.prepared_by.username
    enter_audit(action="submission.confirmed", subject=current, detail=detail)
    return current


def needs_signature(submission: Submission, actor: User) -> bool:
    """Whether what ``actor`` confirms still needs somebody who answers for it: nobody does for what counts nothing."""
    return submission.organisation.sign_off and not actor.sees_everything and not submission.practice


def may_sign(actor: User, submission: Submission) -> bool:
    """Whether ``actor`` is the second of the two: a signatory of the organisation who did not hand it over."""
    return (
        submission.prepared_at is not None
        and actor.signatory
        and actor.organisation_id == submission.organisation_id
        and actor.pk != submission.prepared_by_id
    )


def _hand_over(actor: User, submission: Submission) -> Submission:
    """Marks who filled it in. A clerk may take the place of a signatory who did, so that the signatory can sign."""
    if submission.prepared_at is not None and (actor.signatory or submission.prepared_by_id == actor.pk):
        return submission
    prepare(submission=submission, actor=actor)
    enter_audit(action="submission.prepared", subject=submission, detail={"sha256": submission.sha256})
    return submission


def prepare(*, submission: Submission, actor: User | None) -> None:
    """Marks a checked submission, whose row the caller holds, as filled in and waiting for its signature."""
    submission.prepared_by, submission.prepared_at = actor, clock.now()
    submission.save(update_fields=["prepared_by", "prepared_at"])


def unprepare(*, submission: Submission) -> None:
    """Takes back that a submission, whose row the caller holds, was handed over: it is not what was handed over."""
    if submission.prepared_at is not None:
        submission.prepared_by = submission.prepared_at = None
        submission.save(update_fields=["prepared_by", "prepared_at"])


@transaction.atomic
def cancel(*, actor: User, submission: Submission) -> Submission:
    """Withdraws a submission of which nothing has been taken yet. Cancelling twice changes nothing.

    Raises:
        Conflict: 409 ``conflict`` once it is being committed or is concluded.
    """
    refuse_bound(actor)
    current = locked(submission.pk)
    if current.status == Status.CANCELLED:
        return current
    if current.status not in (Status.RECEIVED, Status.CHECKING, Status.CHECKED):
        raise Conflict(
            _("Submission %(id)s is “%(status)s” and can no longer be cancelled.")
            % {"id": current.pk, "status": current.get_status_display()}
        )
    current.status, current.standing = Status.CANCELLED, False
    current.save(update_fields=["status", "standing"])
    if current.job is not None:
        jobs.cancel(job=current.job)
    enter_audit(action="submission.cancelled", subject=current)
    return current


def tell_judged(submission: Submission) -> None:
    """States what came of a submission, in the caller's transaction; of what is only for practice nobody is told."""
    if not submission.practice:
        state(topic=JUDGED, subject_id=submission.pk)


@transaction.atomic
def fail(*, submission_id: int, error: str) -> None:
    """Marks a submission whose job was given up, so that the same file can be sent again."""
    current = locked(submission_id)
    if current.status in (Status.RECEIVED, Status.CHECKING, Status.COMMITTING):
        current.status, current.standing, current.error = Status.FAILED, False, error
        current.save(update_fields=["status", "standing", "error"])
        tell_judged(current)
        enter_audit(action="submission.failed", subject=current, detail={"error": error})

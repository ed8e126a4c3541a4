"""Requests of persons as a guided job: received, identity confirmed, handled, answered; every step on the trail.

PIPL: access and copy (arts. 44, 45), correction (46), deletion (47); who refuses says why (50).
"""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend import clock
from backend.accounts.models import User
from backend.accounts.scope import refuse_bound
from backend.audit.services import enter_audit
from backend.jobs.services import queue
from backend.problems import Conflict, FieldError, Forbidden, Invalid, NotFound, register, unique
from backend.vault.files import services as files
from backend.vault.masking import scrub
from programs.disposal import holds
from programs.periods.calendar import add_working_days
from programs.privacy.models import OPEN, Channel, ErasedPerson, Identified, Kind, PrivacyRequest, State
from programs.records.models import Record
from programs.review.threads import open_thread
from talent.people.models import Person

COPY, ERASE = "privacy.copy", "privacy.erase"
"""The kinds of jobs that put a copy together and that erase."""

DUE_WORKING_DAYS = 15
"""A request is answered within so many working days of the day on which it came."""

LONGEST = 2000

register(
    not_identified=lazy("Identity is not confirmed yet"),
    four_eyes=lazy("A second officer is needed"),
    erased=lazy("The person was erased"),
)


@transaction.atomic
def receive(
    *, actor: User, person: Person, kind: str, channel: str, wanted: str = "", received_on: dt.date | None = None
) -> PrivacyRequest:
    """Takes down what a person asks for; it is due ``DUE_WORKING_DAYS`` after the day on which it came.

    Raises:
        Invalid: no such kind or channel, a day that is yet to come, too long a text, a correction without what is
            wrong.
        AlreadyExists: the same person has asked for the same, and is not answered yet.
        Forbidden: an officer who is bound to districts.
        Conflict: ``erased``: nothing is held on them any more.
    """
    refuse_bound(actor)
    day = received_on or clock.today()
    said = _text("wanted", wanted)
    errors = []
    if kind not in Kind.values:
        errors.append(FieldError("kind", "invalid_choice", _("Choose what is asked for.")))
    if channel not in Channel.values:
        errors.append(FieldError("channel", "invalid_choice", _("Choose by which way it came.")))
    if day > clock.today():
        errors.append(FieldError("received_on", "future", _("This day is yet to come.")))
    if kind == Kind.CORRECTION and not said:
        errors.append(FieldError("wanted", "required", _("Say what is to be corrected.")))
    if errors:
        raise Invalid(errors)
    whole = person.canonical_id or person.pk
    if ErasedPerson.objects.filter(pk=whole).exists():
        raise Conflict(_("This person was erased; nothing is held on them any more."), "erased")
    taken = _("This person’s request of the same kind is not answered yet.")
    with unique({"privacy_request_one_open_of_a_kind": taken}):
        row = PrivacyRequest.objects.create(
            kind=kind,
            person_id=whole,
            channel=channel,
            wanted=said,
            received_on=day,
            due_on=add_working_days(day, DUE_WORKING_DAYS),
            received_by=actor,
            assigned_to=actor,
        )
    detail = {"kind": kind, "person": whole, "channel": channel, "due_on": row.due_on}
    enter_audit(action="privacy.receive", subject=row, detail=detail, actor=actor)
    return row


@transaction.atomic
def confirm_identity(*, actor: User, request: PrivacyRequest, identified: str, note: str = "") -> PrivacyRequest:
    """Notes how it was found out that whoever asks is the person; numbers in the note are masked.

    Raises:
        Invalid: no such way, or too long a note.
        Conflict: it is past that.
    """
    row = _held(request, State.RECEIVED)
    if identified not in Identified.values:
        raise Invalid([FieldError("identified", "invalid_choice", _("Choose how identity was found out."))])
    row.identified, row.identified_note = identified, _text("note", note)
    row.identified_by, row.identified_at, row.state = actor, clock.now(), State.CONFIRMED
    _save(row, "identified", "identified_note", "identified_by", "identified_at", "state")
    enter_audit(action="privacy.identify", subject=row, detail={"identified": identified}, actor=actor)
    return row


@transaction.atomic
def assign(*, actor: User, request: PrivacyRequest, to: User) -> PrivacyRequest:
    """Gives a request to a colleague, an officer of the whole city.

    Raises:
        Invalid: they are no such officer.
        Conflict: it is closed.
    """
    row = _held(request, *OPEN)
    if to.role != User.Role.OFFICER or not to.is_active or to.districts:
        raise Invalid([FieldError("to", "does_not_exist", _("Name an officer of the whole city."))])
    row.assigned_to = to
    _save(row, "assigned_to")
    enter_audit(action="privacy.assign", subject=row, detail={"to": to.username}, actor=actor)
    return row


@transaction.atomic
def order_copy(*, actor: User, request: PrivacyRequest, numbers_reason: str = "") -> PrivacyRequest:
    """Has everything that is held put together as two files; a job makes them.

    Args:
        numbers_reason: why identity numbers and contacts shall stand in them in full; without a reason they are masked.

    Raises:
        Conflict: it asks for something else, identity is not confirmed, or it is closed.
    """
    row = _held(request, State.CONFIRMED, State.HANDLING)
    _of_kind(row, Kind.ACCESS, Kind.COPY)
    row.numbers_reason = _text("numbers_reason", numbers_reason)
    job = queue(kind=COPY, subject_id=row.pk, organisation_id=None, actor=actor)
    row.job_id, row.state = job.pk, State.HANDLING
    _save(row, "numbers_reason", "job_id", "state")
    detail = {"in_full": bool(row.numbers_reason), "reason": row.numbers_reason}
    enter_audit(action="privacy.order_copy", subject=row, detail=detail, actor=actor)
    return row


@transaction.atomic
def fetch(*, actor: User, request: PrivacyRequest, form: str) -> bytes:
    """One of the two files, while it may be fetched; who fetched it goes on the trail.

    Raises:
        NotFound: it was not made.
        backend.vault.files.services.Disposed: its time is over.
    """
    file = {"json": request.machine, "xlsx": request.readable}.get(form)
    if file is None:
        raise NotFound(_("The copy is not made yet. Order it, or wait a moment."))
    data = files.read(file)
    enter_audit(
        action="privacy.fetch",
        subject=request,
        detail={
            "form": form,
            "sha256": file.sha256,
            "reason": request.numbers_reason,
            "number": bool(request.numbers_reason),
        },
        actor=actor,
    )
    return data


@transaction.atomic
def ask_correction(*, actor: User, request: PrivacyRequest, record: Record, text: str) -> PrivacyRequest:
    """Asks whoever reported a record to look at what the person says is wrong; they answer, or report it anew.

    Raises:
        Conflict: it asks for something else, identity is not confirmed, or it is closed.
        Invalid: the record is somebody else's, or nothing is asked.
    """
    row = _held(request, State.CONFIRMED, State.HANDLING)
    _of_kind(row, Kind.CORRECTION)
    whole = Person.objects.filter(pk=record.person_id).values_list("canonical_id", flat=True).first()
    if (whole or record.person_id) != row.person_id:
        raise Invalid([FieldError("record", "does_not_exist", _("This is no record of the person."))])
    thread = open_thread(actor=actor, text=text, record=record)
    row.record_id, row.thread_id, row.state = record.pk, thread.pk, State.HANDLING
    _save(row, "record_id", "thread_id", "state")
    detail = {"record": record.pk, "thread": thread.pk}
    enter_audit(action="privacy.ask", subject=row, detail=detail, actor=actor)
    return row


@transaction.atomic
def propose_deletion(*, actor: User, request: PrivacyRequest) -> PrivacyRequest:
    """Says that everything that may be erased shall be; another officer has to approve it.

    Raises:
        programs.disposal.holds.Held: something of theirs is under legal hold.
        Conflict: it asks for something else, identity is not confirmed, or it was proposed already.
    """
    row = _held(request, State.CONFIRMED, State.HANDLING)
    _of_kind(row, Kind.DELETION)
    if row.proposed_at is not None:
        raise Conflict(_("The deletion was proposed already."))
    _refuse_held(row)
    row.proposed_by, row.proposed_at, row.state = actor, clock.now(), State.HANDLING
    _save(row, "proposed_by", "proposed_at", "state")
    enter_audit(action="privacy.propose", subject=row, actor=actor)
    return row


@transaction.atomic
def approve_deletion(*, actor: User, request: PrivacyRequest) -> PrivacyRequest:
    """Has a proposed deletion carried out, by a job; it cannot be taken back.

    Raises:
        Forbidden: ``four_eyes``: whoever proposed or confirmed the identity does not approve as well.
        programs.disposal.holds.Held: something of theirs is under legal hold.
        Conflict: it was not proposed, or was approved already.
    """
    row = _held(request, State.HANDLING)
    _of_kind(row, Kind.DELETION)
    if row.proposed_at is None or row.approved_at is not None:
        raise Conflict(_("There is no proposal that waits to be approved."))
    if actor.pk == row.proposed_by_id or actor.role != User.Role.OFFICER:
        raise Forbidden(_("Another officer than the one who proposed the deletion approves it."), "four_eyes")
    _refuse_held(row)
    job = queue(kind=ERASE, subject_id=row.pk, organisation_id=None, actor=actor)
    row.approved_by, row.approved_at, row.job_id = actor, clock.now(), job.pk
    _save(row, "approved_by", "approved_at", "job_id")
    enter_audit(action="privacy.approve", subject=row, actor=actor)
    return row


@transaction.atomic
def answer(*, actor: User, request: PrivacyRequest, text: str) -> PrivacyRequest:
    """Closes a request as answered, with what the person was told. A deletion is answered by its being carried out.

    Raises:
        Invalid: nothing is said.
        Conflict: identity is not confirmed, or it is closed, or it is a deletion.
    """
    row = _held(request, State.CONFIRMED, State.HANDLING)
    if row.kind == Kind.DELETION:
        raise Conflict(_("A deletion is answered by being carried out, or refused with a reason."))
    said = _text("text", text, needed=_("Say what the person was told."))
    return _close(row, State.ANSWERED, said, actor, action="privacy.answered")


@transaction.atomic
def refuse(*, actor: User, request: PrivacyRequest, reason: str) -> PrivacyRequest:
    """Refuses a request, with the reason that the person is told (art. 50).

    Raises:
        Invalid: there is no reason.
        Conflict: it is closed, or a deletion that was approved.
    """
    row = _held(request, *OPEN)
    said = _text("reason", reason, needed=_("Say why: the person has a right to be told the reason."))
    return _close(_not_approved(row), State.REFUSED, said, actor, action="privacy.refused")


@transaction.atomic
def withdraw(*, actor: User, request: PrivacyRequest, reason: str) -> PrivacyRequest:
    """Notes that the person does not ask any more.

    Raises:
        Invalid: it is not said how that became known.
        Conflict: it is closed, or a deletion that was approved.
    """
    row = _held(request, *OPEN)
    said = _text("reason", reason, needed=_("Say how the person let it be known."))
    return _close(_not_approved(row), State.WITHDRAWN, said, actor, action="privacy.withdrawn")


def _close(row: PrivacyRequest, state: State, text: str, actor: User, *, action: str) -> PrivacyRequest:
    row.state, row.answer, row.closed_at, row.closed_by = state, text, clock.now(), actor
    _save(row, "state", "answer", "closed_at", "closed_by")
    enter_audit(action=action, subject=row, detail={"answer": text}, actor=actor)
    return row


def _held(request: PrivacyRequest, *states: State) -> PrivacyRequest:
    """The request, locked, if it is in one of ``states``. Raises Conflict."""
    row: Any = PrivacyRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if row.state not in states:
        if row.state == State.RECEIVED:
            raise Conflict(_("Confirm first who asks."), "not_identified")
        told = _("The request is “%(state)s” by now. Look at it again.")
        raise Conflict(told % {"state": row.get_state_display()})
    return row


def _of_kind(row: PrivacyRequest, *kinds: Kind) -> None:
    if row.kind not in kinds:
        raise Conflict(_("The person asks for something else: %(kind)s.") % {"kind": row.get_kind_display()})


def _not_approved(row: PrivacyRequest) -> PrivacyRequest:
    if row.approved_at is not None:
        raise Conflict(_("The deletion was approved and is being carried out."))
    return row


def _refuse_held(row: PrivacyRequest) -> None:
    standing = holds.on_persons([row.person_id])
    if standing:
        raise holds.Held(standing)


def _save(row: PrivacyRequest, *fields: str) -> None:
    row.save(update_fields=list(fields))


def _text(field: str, text: str, needed: str = "") -> str:
    said = scrub(text.strip())
    if needed and not said:
        raise Invalid([FieldError(field, "required", needed)])
    if len(said) > LONGEST:
        told = _("Say it in %(most)d characters at most.") % {"most": LONGEST}
        raise Invalid([FieldError(field, "max_length", told)])
    return said

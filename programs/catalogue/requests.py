"""Cohorts that partners miss: asked for, often from a finding, and granted or refused by the bureau."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from backend import clock
from backend.accounts.models import User
from backend.audit.services import enter_audit
from backend.outbox.services import state
from backend.problems import AlreadyExists, Conflict, Forbidden, Invalid, unique
from programs.catalogue import services
from programs.catalogue.models import Cohort, CohortRequest, Programme

GRANTED = "cohort.granted"
"""Stated about the request once its cohort exists: what waited for it may go on."""

LONGEST = 2000
State = CohortRequest.State

Sees = Callable[[User, int], bool]
_sees: list[Sees] = []


def sees_submissions(found: Sees) -> Sees:
    """Register, in a room's ``handlers``, who knows submissions: whether an actor may see the one with an id."""
    _sees.append(found)
    return found


@transaction.atomic
def ask(
    *,
    actor: User,
    code: str,
    programme: Programme,
    starts_on: dt.date,
    ends_on: dt.date,
    capacity: int | None = None,
    explanation: str = "",
    submission_id: int | None = None,
) -> CohortRequest:
    """Asks for a cohort of the actor's own organisation.

    Args:
        actor: a submitter of the organisation.
        code: as the partner's files call it.
        programme: one that the organisation takes part in.
        starts_on, ends_on: within the programme.
        capacity: how many take part, where it is known.
        explanation: for whoever decides.
        submission_id: one that the actor may see, from whose finding it is asked.

    Raises:
        AlreadyExists: it is asked for already, or the organisation has this cohort.
        Invalid: the cohort would break a rule of cohorts, or there is no such submission for the actor.
        Forbidden: bureau staff open cohorts and ask for none.
    """
    if actor.role != User.Role.PARTNER:
        raise Forbidden(_("Open the cohort instead of asking for it."))
    if submission_id is not None and not any(sees(actor, submission_id) for sees in _sees):
        text = _("There is no submission %(id)s that you may name.") % {"id": submission_id}
        raise Invalid([("submission", "does_not_exist", text)])
    organisation = actor.organisation
    if Cohort.objects.filter(code__iexact=code, organisation=organisation).exists():
        raise AlreadyExists(_("Cohort %(code)s exists already; report it under its programme.") % {"code": code})
    wanted = Cohort(
        code=code,
        programme=programme,
        organisation=organisation,
        starts_on=starts_on,
        ends_on=ends_on,
        capacity=capacity,
    )
    services.refuse_misfit(wanted)
    if len(explanation) > LONGEST:
        text = _("Say it in %(most)d characters at most.") % {"most": LONGEST}
        raise Invalid([("explanation", "max_length", text)])
    asked = _("Cohort %(code)s is asked for already; the bureau has not decided yet.") % {"code": code}
    with unique({"cohort_asked_for_once": asked}):
        request = CohortRequest.objects.create(
            organisation=organisation,
            programme=programme,
            code=code,
            starts_on=starts_on,
            ends_on=ends_on,
            capacity=capacity,
            explanation=explanation.strip(),
            submission_id=submission_id,
            asked_by=actor,
        )
    enter_audit(
        action="cohort.ask",
        subject=request,
        detail={"code": code, "programme": programme.code, "submission": submission_id},
        actor=actor,
    )
    return request


@transaction.atomic
def grant(*, actor: User, request: CohortRequest, **changes: Any) -> CohortRequest:
    """Opens the cohort that is asked for; what waited for it goes on. Granting twice changes nothing.

    Args:
        actor: an officer.
        request: what is asked for.
        changes: ``starts_on``, ``ends_on``, ``capacity``, where they shall differ from what was asked.

    Raises:
        AlreadyExists: a cohort has this code.
        Conflict: it was refused.
        Invalid: as ``services.create_cohort``.
    """
    current = _held(request)
    if current.state == State.GRANTED:
        return current
    _refuse_decided(current)
    for name in ("starts_on", "ends_on", "capacity"):
        setattr(current, name, changes.get(name, getattr(current, name)))
    current.cohort = services.create_cohort(
        actor=actor,
        code=current.code,
        programme=current.programme,
        organisation=current.organisation,
        starts_on=current.starts_on,
        ends_on=current.ends_on,
        capacity=current.capacity,
    )
    _decide(current, State.GRANTED, actor)
    enter_audit(action="cohort.grant", subject=current, detail=_named(current), actor=actor)
    state(topic=GRANTED, subject_id=current.pk)
    return current


@transaction.atomic
def refuse(*, actor: User, request: CohortRequest, reason: str) -> CohortRequest:
    """Refuses the cohort that is asked for. Refusing twice changes nothing; it may be asked for again.

    Raises:
        Conflict: it was granted.
        Invalid: the reason is missing or too long.
    """
    why = reason.strip()
    if not why or len(why) > LONGEST:
        text = _("Say why, in %(most)d characters at most; the partner reads it.") % {"most": LONGEST}
        raise Invalid([("reason", "required", text)])
    current = _held(request)
    if current.state == State.REFUSED:
        return current
    _refuse_decided(current)
    current.reason = why
    _decide(current, State.REFUSED, actor)
    enter_audit(action="cohort.refuse", subject=current, detail=_named(current) | {"reason": why}, actor=actor)
    return current


def _held(request: CohortRequest) -> CohortRequest:
    return (
        CohortRequest.objects.select_for_update(of=("self",))
        .select_related("organisation", "programme", "cohort")
        .get(pk=request.pk)
    )


def _refuse_decided(request: CohortRequest) -> None:
    if request.state != State.ASKED:
        raise Conflict(
            _("The request for %(code)s was decided already: %(state)s.")
            % {"code": request.code, "state": request.get_state_display()}
        )


def _decide(request: CohortRequest, to: str, actor: User) -> None:
    request.state, request.decided_by, request.decided_at = to, actor, clock.now()
    request.save()


def _named(request: CohortRequest) -> dict[str, str]:
    return {"code": request.code, "programme": request.programme.code, "organisation": request.organisation.code}

"""What may be done with an obligation: confirm that there is nothing to report, excuse it."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from backend import clock
from backend.accounts.history.closed import refuse_closed
from backend.accounts.models import User
from backend.audit.services import enter_audit
from backend.outbox.services import state
from backend.problems import Conflict
from backend.vault.masking import scrub
from programs.periods.expected import SETTLED
from programs.periods.models import Obligation

State = Obligation.State


@transaction.atomic
def confirm_zero(*, actor: User, obligation: Obligation) -> Obligation:
    """Confirms that an organisation has nothing to report for a period. Confirming twice changes nothing.

    Args:
        actor: somebody of the organisation, or an officer on its behalf, which the trail notes.

    Raises:
        Conflict: 409 ``period_locked``, ``organisation_closed``, or ``conflict`` where the period is not over yet,
            where it was reported or excused already, or where it is a proof of stay, which has nobody to confirm as
            nobody.
    """
    current = _held(obligation)
    if current.kind == Obligation.Kind.RETENTION:
        raise Conflict(
            _(
                "A proof of stay cannot be confirmed as zero: somebody is asked after. Answer for each of them;"
                " “unknown” is an answer."
            )
        )
    if current.state == State.CONFIRMED_ZERO:
        return current
    refuse_closed(current.organisation)
    if current.state != State.MISSING:
        raise Conflict(
            _("The obligation is “%(state)s” already; there is nothing to confirm.")
            % {"state": current.get_state_display()}
        )
    _refuse_locked(current)
    now = clock.now()
    if current.period.ends_on > now.astimezone(clock.BUREAU).date():
        raise Conflict(
            _("Period %(period)s runs until %(end)s. Confirm once it is over.")
            % {"period": current.period.code, "end": current.period.ends_on}
        )
    current.on_time = now.astimezone(clock.BUREAU).date() <= current.due_on
    _settle(current, State.CONFIRMED_ZERO, now)
    enter_audit(
        action="obligation.confirm_zero",
        subject=current,
        detail=_named(current) | {"on_behalf": actor.sees_everything},
        actor=actor,
    )
    return current


@transaction.atomic
def excuse(*, actor: User | None, obligation: Obligation, reason: str) -> Obligation:
    """Excuses an organisation from reporting for a period. Excusing twice changes nothing.

    Args:
        actor: an officer; ``None`` is the system.

    Raises:
        Conflict: 409 ``period_locked``, or ``conflict`` where it was reported or confirmed already.
    """
    current = _held(obligation)
    if current.state == State.EXCUSED:
        return current
    if current.state != State.MISSING:
        raise Conflict(
            _("The obligation is “%(state)s” already; there is nothing to excuse.")
            % {"state": current.get_state_display()}
        )
    _refuse_locked(current)
    current.reason = scrub(reason)
    _settle(current, State.EXCUSED, clock.now())
    enter_audit(action="obligation.excuse", subject=current, detail=_named(current) | {"reason": reason}, actor=actor)
    return current


def _held(obligation: Obligation) -> Obligation:
    return (
        Obligation.objects.select_for_update(of=("self",))
        .select_related("organisation", "period")
        .get(pk=obligation.pk)
    )


def _refuse_locked(obligation: Obligation) -> None:
    if obligation.period.locked_at is not None:
        raise Conflict(
            _("Period %(period)s is locked. Ask the bureau to reopen it.") % {"period": obligation.period.code},
            "period_locked",
        )


def _settle(obligation: Obligation, to: str, moment: Any) -> None:
    obligation.state, obligation.settled_at = to, moment
    obligation.save()
    state(topic=SETTLED, subject_id=obligation.pk)


def _named(obligation: Obligation) -> dict[str, str]:
    return {"organisation": obligation.organisation.code, "period": obligation.period.code, "kind": obligation.kind}

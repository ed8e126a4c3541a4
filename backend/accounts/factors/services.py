"""Setting a second factor up, asking for it, and taking it away.

What decides is the row, locked: of any number of requests with one code, one is let in.
"""

import datetime as dt
import math
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend import problems
from backend.accounts import proof
from backend.accounts.factors import codes, selectors
from backend.accounts.factors.models import Passkey, RecoveryCode, SecondFactor
from backend.accounts.models import User
from backend.accounts.sessions.services import end_everywhere
from backend.audit.services import enter_audit
from backend.clock import now
from backend.problems import Problem, register
from backend.throttles import throttled
from backend.vault import services as vault

TABLE, SECRET, PENDING = "second_factor", "secret", "pending"
GUESSES = 5
"""So many wrong codes in a row lock the factor; so many more lock it for twice as long."""

FIRST_LOCK = dt.timedelta(minutes=5)
LONGEST_LOCK = dt.timedelta(hours=24)

register(
    second_factor_required=lazy("A one-time code is needed"),
    second_factor_not_enrolled=lazy("A second factor must be set up first"),
    bad_code=lazy("The one-time code is not right"),
    not_enrolled=lazy("No second factor is set up"),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A secret that is to be put into an app: as text, and as the address that the QR code holds."""

    secret: str
    address: str


@transaction.atomic
def begin(*, user: User, anew: bool = False) -> Shown:
    """A secret for ``user`` to put into their app; it counts once ``confirm`` has seen a code of it.

    The one that was shown and not confirmed is shown again, so that a page that is loaded twice shows one code;
    ``anew``: another one.

    Raises:
        Conflict: ``already_enrolled``: there is a factor in force; an administrator resets it.
    """
    factor = _locked(user)
    if factor.confirmed_at is not None:
        text = _("A second factor is set up already. If it is lost, use a recovery code, or ask an administrator.")
        raise problems.Conflict(text, "already_enrolled")
    if factor.pending is None or anew:
        secret = codes.new_secret()
        factor.pending = vault.seal(TABLE, PENDING, user.pk, secret.encode())
        factor.save(update_fields=["pending"])
    secret = _opened(user.pk, PENDING, factor.pending)
    return Shown(secret, codes.address(secret, user.username))


@transaction.atomic
def confirm(*, user: User, code: str, keeping: str | None = None) -> list[str]:
    """Puts the secret that was shown in force, for whoever has a code of it; the recovery codes, shown this once.

    Args:
        keeping: the key of the session that goes on; every other one, and every token, ends.

    Raises:
        Invalid: the code is not one of the secret's, or no secret was shown.
        Conflict: ``already_enrolled``.
    """
    factor = _locked(user)
    begin(user=user)
    factor.refresh_from_db()
    secret = _opened(user.pk, PENDING, factor.pending)
    step = codes.step_of(secret, codes.plain(code), now(), factor.last_step)
    if step is None:
        text = _("This is no code of the secret shown here. Wait for the next one, and see that your clock is right.")
        raise problems.Invalid([("otp", "invalid", text)])
    factor.secret, factor.pending = vault.seal(TABLE, SECRET, user.pk, secret.encode()), None
    factor.last_step, factor.failures, factor.locked_until, factor.confirmed_at = step, 0, None, now()
    factor.save()
    shown = _new_codes(user)
    end_everywhere(user=user, keeping=keeping)
    enter_audit(action="factor.enrol", subject=user, actor=user)
    return shown


@transaction.atomic
def check(*, user: User, code: str) -> str | Problem:
    """Whether ``code`` is the user's: how they proved it (``totp``, ``recovery``), or the refusal.

    A refusal is returned and not raised, so that its entry on the trail and the count of wrong codes stand. A code is
    taken once, whatever comes at the same time.
    """
    factor = _locked(user)
    moment = now()
    if factor.locked_until is not None and factor.locked_until > moment:
        return throttled(math.ceil((factor.locked_until - moment).total_seconds()))
    by = _take(factor, codes.plain(code), moment)
    if by:
        factor.failures, factor.locked_until = 0, None
        factor.save()
        if by == "recovery":
            enter_audit(action="factor.recovery_used", subject=user, actor=user, detail=_left(user))
        return by
    factor.failures += 1
    if factor.failures % GUESSES == 0:
        lasts = min(FIRST_LOCK * 2 ** min(factor.failures // GUESSES - 1, 12), LONGEST_LOCK)
        factor.locked_until = moment + lasts
    factor.save()
    enter_audit(action="auth.code_failed", subject=user, detail={"failures": factor.failures})
    if factor.locked_until is not None and factor.locked_until > moment:
        enter_audit(action="auth.locked", subject=user, detail={"until": factor.locked_until})
    return Problem(401, "bad_code", _("The one-time code is not right, or was used already. Wait for the next one."))


@transaction.atomic
def renew_codes(*, actor: User) -> list[str]:
    """New recovery codes in the place of the old ones; shown this once.

    Raises:
        Conflict: there is no factor in force.
    """
    factor = _locked(actor)
    if factor.confirmed_at is None:
        raise _none()
    proof.require(actor, "factor.renew_codes")
    shown = _new_codes(actor)
    enter_audit(action="factor.renew_codes", subject=actor, actor=actor)
    return shown


@transaction.atomic
def remove(*, actor: User, keeping: str | None = None) -> None:
    """Takes one's own factor away, where one may be without; every other session, and every token, ends.

    Raises:
        Conflict: there is none, or one must have one.
    """
    if selectors.factor_of(actor) is None:
        raise _none()
    if selectors.required(actor):
        raise problems.Conflict(_("Staff sign in with a second factor. If it is lost, an administrator resets it."))
    proof.require(actor, "factor.remove")
    _forget(actor, keeping)
    enter_audit(action="factor.remove", subject=actor, actor=actor)


@transaction.atomic
def reset(*, actor: User | None, user: User, reason: str) -> None:
    """Takes somebody's factor away, who has lost it; they are signed out everywhere. ``actor`` ``None``: the system.

    Raises:
        Forbidden: the actor is no administrator.
        Conflict: one's own, or there is none.
        Invalid: no reason.
    """
    if actor is not None and actor.role != User.Role.ADMIN:
        raise problems.Forbidden
    if actor is not None and actor.pk == user.pk:
        raise problems.Conflict(_("Ask another administrator to reset your second factor."))
    if not reason.strip():
        raise problems.Invalid([("reason", "required", _("Say why: how do you know that it is really them?"))])
    if selectors.factor_of(user) is None:
        raise _none()
    proof.require(actor, "factor.reset")
    _forget(user, None)
    enter_audit(action="factor.reset", subject=user, detail={"reason": reason.strip()}, actor=actor)


def _locked(user: User) -> SecondFactor:
    """The user's row, made where there is none, and locked to the end of the transaction."""
    SecondFactor.objects.bulk_create([SecondFactor(user=user)], ignore_conflicts=True)
    return SecondFactor.objects.select_for_update().get(user=user)


def _opened(user_id: int, field: str, sealed: bytes | memoryview | None) -> str:
    return vault.unseal(TABLE, field, user_id, bytes(sealed or b"")).decode()


def _take(factor: SecondFactor, code: str, moment: dt.datetime) -> str:
    if factor.secret is not None and code.isdigit():
        secret = _opened(factor.user_id, SECRET, factor.secret)
        step = codes.step_of(secret, code, moment, factor.last_step)
        if step is None:
            return ""
        factor.last_step = step
        return "totp"
    mine = RecoveryCode.objects.filter(user_id=factor.user_id, used_at=None)
    used = mine.filter(digest=codes.digest_of_recovery(factor.user_id, code)).update(used_at=moment)
    return "recovery" if used else ""


def _new_codes(user: User) -> list[str]:
    RecoveryCode.objects.filter(user=user).delete()
    shown = codes.new_recovery_codes()
    kept = [RecoveryCode(user=user, digest=codes.digest_of_recovery(user.pk, code)) for code in shown]
    RecoveryCode.objects.bulk_create(kept)
    return shown


def _forget(user: User, keeping: str | None) -> None:
    SecondFactor.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
    Passkey.objects.filter(user=user).delete()
    end_everywhere(user=user, keeping=keeping)


def _left(user: User) -> dict[str, int]:
    return {"left": selectors.codes_left(user)}


def _none() -> problems.Conflict:
    return problems.Conflict(_("No second factor is set up."), "not_enrolled")

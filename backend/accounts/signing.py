"""Who somebody is: what they know, and what they have.

Failed attempts are counted by account and by address before anything is looked at (``backend.throttles``), wrong
one-time codes by account in the database (``factors``). A refusal is returned and not raised, so that its entry on
the trail stands.
"""

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend import throttles
from backend.accounts.factors import selectors as factors
from backend.accounts.factors import services as checking
from backend.accounts.models import User
from backend.audit import context
from backend.audit.services import enter_audit
from backend.problems import Problem, register

register(bad_credentials=lazy("The user name or the password is not right"))

API_ENROLMENT = "auth/totp/"


def account_limit() -> throttles.Limit:
    """How many failed attempts one account may see."""
    return throttles.Limit("sign-in-account", settings.SIGN_IN_PER_ACCOUNT, settings.SIGN_IN_SECONDS)


def address_limit() -> throttles.Limit:
    """How many failed attempts may come from one address."""
    return throttles.Limit("sign-in-address", settings.SIGN_IN_PER_ADDRESS, settings.SIGN_IN_SECONDS)


@transaction.atomic
def know(*, username: str, password: str) -> User | Problem:
    """The user who knows this password, or the refusal, which is entered on the trail.

    Places under the limits are taken before the password is looked at, so that attempts at once cannot outrun them, and
    given back when it was right. The answer and the time it takes are the same for a wrong password, an unknown name
    and a deactivated user.

    Raises:
        Problem: 429 ``throttled``: too many failed attempts on this account or from this address.
    """
    place = throttles.take((account_limit(), username.casefold()), (address_limit(), context.current().address or ""))
    user = User.objects.select_related("organisation").filter(username=username).first()
    if user is None:
        make_password(password)
    if user is None or not user.check_password(password) or not user.is_active:
        _note_failure(user, place)
        return Problem(401, "bad_credentials", _("The user name or the password is not right."))
    place.give_back()
    return user


@transaction.atomic
def show(*, user: User, code: str) -> str | Problem:
    """By what a user who knows their password has proven who they are (``totp``, ``recovery``), or the refusal.

    Raises:
        Problem: 429 ``throttled``: too many failed attempts from this address.
    """
    place = throttles.take((address_limit(), context.current().address or ""))
    by = checking.check(user=user, code=code)
    if not isinstance(by, Problem):
        place.give_back()
    return by


@transaction.atomic
def recognise(*, username: str, password: str, otp: str = "") -> User | Problem:
    """Who knows this password and has the second factor, if there is one or must be; or the refusal.

    Raises:
        Problem: 429 ``throttled``.
    """
    user = know(username=username, password=password)
    if isinstance(user, Problem):
        return user
    if factors.factor_of(user) is None:
        if factors.required(user):
            return not_enrolled()
        return admitted(user, "password")
    if not otp:
        return code_required()
    by = show(user=user, code=otp)
    return by if isinstance(by, Problem) else admitted(user, by)


@transaction.atomic
def prove(*, user: User, password: str, otp: str = "") -> Problem | None:
    """Whether whoever is signed in as ``user`` is they: by the password, and by the second factor where there is one.

    Raises:
        Problem: 429 ``throttled``.
    """
    known = know(username=user.username, password=password)
    if isinstance(known, Problem):
        return Problem(400, "bad_credentials", _("The password is not right."))
    by: str | Problem = "password"
    if factors.factor_of(user) is not None:
        if not otp:
            return Problem(400, "second_factor_required", _("Give a one-time code, or a recovery code, too."))
        by = show(user=user, code=otp)
        if isinstance(by, Problem):
            by.status = by.status if by.status == 429 else 400
            return by
    enter_audit(action="auth.prove", subject=user, actor=user, detail={"by": by})
    return None


def admitted(user: User, by: str) -> User:
    """Enters on the trail that ``user`` has signed in, and how they proved who they are."""
    enter_audit(action="auth.sign_in", subject=user, actor=user, detail={"by": by})
    return user


def code_required() -> Problem:
    """The password is right, and a code of the second factor is lacking."""
    text = _("Send the one-time code of your app, or a recovery code, as otp.")
    return Problem(401, "second_factor_required", text)


def not_enrolled() -> Problem:
    """The password is right, and the second factor that staff must have is not set up."""
    text = _("Staff sign in with a second factor: set it up by signing in on the page, or by POST %(address)s.")
    return Problem(403, "second_factor_not_enrolled", text % {"address": API_ENROLMENT}, enrol=API_ENROLMENT)


def _note_failure(user: User | None, place: throttles.Slot) -> None:
    # An unknown name is not noted: people type their passwords into the wrong field.
    subject = user if user is not None else ("user_account", None)
    detail = {"known": user is not None, "active": bool(user and user.is_active)}
    enter_audit(action="auth.sign_in_failed", subject=subject, detail=detail)
    if place.last:
        enter_audit(action="auth.locked", subject=subject, detail={"seconds": settings.SIGN_IN_SECONDS})

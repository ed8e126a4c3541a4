"""Signing in and out."""

import datetime as dt
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend import throttles
from backend.accounts.authentication import digest_of
from backend.accounts.models import AccessToken, User
from backend.audit import context
from backend.audit.services import enter_audit
from backend.clock import now
from backend.problems import Problem, register

TOKEN_BYTES = 32

register(bad_credentials=lazy("The user name or the password is not right"))


@dataclass(frozen=True)
class SignedIn:
    """A fresh token in the clear, which is shown this once, and when it ends."""

    user: User
    token: str
    expires_at: dt.datetime


def account_limit() -> throttles.Limit:
    """How many failed attempts one account may see."""
    return throttles.Limit("sign-in-account", settings.SIGN_IN_PER_ACCOUNT, settings.SIGN_IN_SECONDS)


def address_limit() -> throttles.Limit:
    """How many failed attempts may come from one address."""
    return throttles.Limit("sign-in-address", settings.SIGN_IN_PER_ADDRESS, settings.SIGN_IN_SECONDS)


@transaction.atomic
def recognise(*, username: str, password: str) -> User | Problem:
    """The user who knows this password, or the refusal; either is entered on the trail.

    A refusal is returned and not raised, so that its entry on the trail stands. Places under the limits are taken
    before the password is looked at, so that attempts at once cannot outrun them, and given back when it was right.
    The answer and the time it takes are the same for a wrong password, an unknown name and a deactivated user.

    Raises:
        Problem: 429 ``throttled``: too many failed attempts on this account or from this address.
    """
    place = throttles.take((account_limit(), username.casefold()), (address_limit(), context.current().address or ""))
    user = User.objects.select_related("organisation").filter(username=username).first()
    if user is None:
        make_password(password)
    if user is None or not user.check_password(password) or not user.is_active:
        _note_failure(user, place)
        problem = Problem(401, "bad_credentials", _("The user name or the password is not right."))
        return problem
    place.give_back()
    enter_audit(action="auth.sign_in", subject=user, actor=user)
    return user


@transaction.atomic
def sign_in(*, username: str, password: str) -> SignedIn | Problem:
    """A token for whoever knows the password, or the refusal; see ``recognise``."""
    user = recognise(username=username, password=password)
    if isinstance(user, Problem):
        user.headers["WWW-Authenticate"] = "Token"
        return user
    token = secrets.token_urlsafe(TOKEN_BYTES)
    moment = now()
    expires_at = moment + dt.timedelta(days=settings.TOKEN_DAYS)
    AccessToken.objects.filter(user=user, expires_at__lte=moment).delete()
    AccessToken.objects.create(user=user, digest=digest_of(token), expires_at=expires_at)
    # As Django does for whoever signs in by the page.
    User.objects.filter(pk=user.pk).update(last_login=moment)
    return SignedIn(user, token, expires_at)


@transaction.atomic
def sign_out(*, actor: User, token: AccessToken) -> None:
    """End one token."""
    AccessToken.objects.filter(pk=token.pk, user=actor).delete()
    enter_audit(action="auth.sign_out", subject=actor, actor=actor)


def _note_failure(user: User | None, place: throttles.Slot) -> None:
    # An unknown name is not noted: people type their passwords into the wrong field.
    subject = user if user is not None else ("user_account", None)
    detail = {"known": user is not None, "active": bool(user and user.is_active)}
    enter_audit(action="auth.sign_in_failed", subject=subject, detail=detail)
    if place.last:
        enter_audit(action="auth.locked", subject=subject, detail={"seconds": settings.SIGN_IN_SECONDS})

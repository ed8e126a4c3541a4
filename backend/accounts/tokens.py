"""Tokens: given to whoever signs in, and taken back."""

import datetime as dt
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from backend.accounts.authentication import digest_of
from backend.accounts.models import AccessToken, User
from backend.accounts.signing import recognise
from backend.audit.services import enter_audit
from backend.clock import now
from backend.problems import Problem

TOKEN_BYTES = 32


@dataclass(frozen=True)
class SignedIn:
    """A fresh token in the clear, which is shown this once, and when it ends."""

    user: User
    token: str
    expires_at: dt.datetime


@transaction.atomic
def sign_in(*, username: str, password: str, otp: str = "") -> SignedIn | Problem:
    """A token for whoever knows the password and has the second factor, or the refusal; see ``recognise``."""
    user = recognise(username=username, password=password, otp=otp)
    if isinstance(user, Problem):
        if user.status == 401:
            user.headers["WWW-Authenticate"] = "Token"
        return user
    token = secrets.token_urlsafe(TOKEN_BYTES)
    moment = now()
    expires_at = moment + dt.timedelta(days=settings.TOKEN_DAYS)
    AccessToken.objects.filter(user=user, expires_at__lte=moment).delete()
    AccessToken.objects.create(user=user, digest=digest_of(token), expires_at=expires_at, proven_at=moment)
    # As Django does for whoever signs in by the page.
    User.objects.filter(pk=user.pk).update(last_login=moment)
    return SignedIn(user, token, expires_at)


@transaction.atomic
def sign_out(*, actor: User, token: AccessToken) -> None:
    """End one token."""
    AccessToken.objects.filter(pk=token.pk, user=actor).delete()
    enter_audit(action="auth.sign_out", subject=actor, actor=actor)

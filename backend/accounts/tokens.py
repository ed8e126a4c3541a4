"""Tokens: given to whoever signs in, and taken back."""

import datetime as dt
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from backend.accounts import proof
from backend.accounts.authentication import digest_of
from backend.accounts.models import AccessToken, User
from backend.accounts.signing import recognise
from backend.audit.services import enter_audit
from backend.clock import now
from backend.problems import Conflict, Forbidden, Invalid, Problem

TOKEN_BYTES = 32
MOST = 20
"""How many tokens one may have under names."""


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


@transaction.atomic
def make(*, actor: User, name: str, scope: str, days: int) -> SignedIn:
    """A token under a name, for a program of ``actor``'s; shown this once.

    Args:
        name: what tells it from others.
        scope: what it opens (``token_scopes``).
        days: how long it lasts, up to ``TOKEN_MOST_DAYS``.

    Raises:
        Invalid: fields at fault.
        Conflict: so many tokens are enough.
        Unproven: the actor has to prove first who they are.
    """
    errors = []
    if not name.strip():
        errors.append(("name", "required", _("Give the token a name that tells what it is for.")))
    if scope not in AccessToken.Scope.values:
        errors.append(("scope", "invalid_choice", _("No such scope.")))
    if not 1 <= days <= settings.TOKEN_MOST_DAYS:
        text = _("A token lasts 1 to %(most)d days.") % {"most": settings.TOKEN_MOST_DAYS}
        errors.append(("days", "invalid", text))
    if errors:
        raise Invalid(errors)
    proof.require(actor, "token.make")
    locked = User.objects.select_for_update(of=("self",)).get(pk=actor.pk)
    moment = now()
    if AccessToken.objects.filter(user=locked, expires_at__gt=moment).exclude(name="").count() >= MOST:
        raise Conflict(_("You have %(most)d tokens. End one that is not used any more.") % {"most": MOST})
    token = secrets.token_urlsafe(TOKEN_BYTES)
    expires_at = moment + dt.timedelta(days=days)
    row = AccessToken.objects.create(
        user=locked, digest=digest_of(token), expires_at=expires_at, name=name.strip(), scope=scope
    )
    detail = {"name": row.name, "scope": scope, "days": days}
    enter_audit(action="token.make", subject=row, detail=detail, actor=actor)
    return SignedIn(locked, token, expires_at)


@transaction.atomic
def revoke(*, actor: User, token: AccessToken) -> None:
    """Ends a token of one's own, or, for an administrator, of anybody's.

    Raises:
        Forbidden: it is somebody else's.
    """
    if token.user_id != actor.pk and actor.role != User.Role.ADMIN:
        raise Forbidden
    if AccessToken.objects.filter(pk=token.pk).delete()[0]:
        detail = {"name": token.name, "scope": token.scope, "user": token.user.username}
        enter_audit(action="token.revoke", subject=token, detail=detail, actor=actor)


@transaction.atomic
def prove(*, actor: User, token: AccessToken) -> dt.datetime:
    """Notes that the bearer of a token has proven who they are; until when that lasts."""
    moment = now()
    AccessToken.objects.filter(pk=token.pk).update(proven_at=moment)
    return moment + proof.FRESH

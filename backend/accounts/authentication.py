"""Who a request comes from: the bearer of a token of ours."""

import hashlib
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from backend.accounts.models import AccessToken, User

KEYWORD = "Token"

# Asked at every call, and written out for that: making the statement anew takes longer than answering it.
_BEARER = """
SELECT user_account.*, access_token.id AS token_id, access_token.scope AS token_scope,
    access_token.proven_at, coalesce(access_token.last_used_at < shugu_now() - interval '5 minutes', true) AS unseen
FROM access_token
JOIN user_account ON user_account.id = access_token.user_id
WHERE access_token.digest = %s AND access_token.expires_at > shugu_now() AND user_account.is_active
"""

# Noted every few minutes; whoever finds the row in another request's hands leaves it to that one.
_SEEN = """
UPDATE access_token SET last_used_at = shugu_now()
WHERE id = (SELECT id FROM access_token WHERE id = %s FOR UPDATE SKIP LOCKED)
"""


def digest_of(token: str) -> bytes:
    """What is kept of a token: its SHA-256. Tokens are random, so there is nothing to guess from it."""
    return hashlib.sha256(token.encode()).digest()


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Token …``; the same answer whether a token never was, has expired, or its user may no longer."""

    def authenticate(self, request: Request) -> tuple[User, AccessToken] | None:
        header = get_authorization_header(request).split()
        if not header or header[0].lower() != KEYWORD.lower().encode():
            return None
        try:
            (token,) = header[1:]
            digest = digest_of(token.decode("ascii"))
        except ValueError:
            raise AuthenticationFailed(_("The token cannot be read. Sign in again.")) from None
        bearers = list(User.objects.raw(_BEARER, [digest]))
        if not bearers:
            raise AuthenticationFailed(_("The token is not known, or has expired. Sign in again."))
        [user] = bearers
        told = vars(user)
        if told["unseen"]:
            with connection.cursor() as cursor:
                cursor.execute(_SEEN, [told["token_id"]])
        return user, AccessToken(pk=told["token_id"], user=user, digest=digest, scope=told["token_scope"])

    def authenticate_header(self, request: Request) -> str:
        return KEYWORD


class TokenScheme(OpenApiAuthenticationExtension):
    """How the API's description tells of it."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        text = "“Token ” and the token that POST auth/token/ gives."
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": text}

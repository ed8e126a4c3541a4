"""What a token opens: less than its bearer's role, never more. Asked of every address of the API, in one place.

* ``all``: whatever the role may.
* ``submit``: reading, and what a partner's own system sends: submissions from upload to confirmation, and that there
  was nothing to report.
* ``read``: reading, without the workbook that holds numbers in full.

Signing in, factors, tokens and sessions are for ``all`` alone; but every token may end itself.
"""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.accounts.models import AccessToken
from backend.problems import Forbidden, register

SAFE = frozenset({"GET", "HEAD"})
PREFIX = "/api/v1/"
OWN = "auth/"
ITSELF = ("DELETE", "auth/token/")
IN_FULL = re.compile(r"submissions/[^/]+/report\.xlsx")
SENDING = re.compile(r"submissions/.*|obligations/[^/]+/confirm-zero/")

register(token_scope=lazy("Your token was not made for this"))


def opens(scope: str, method: str, path: str) -> bool:
    """Whether a token of ``scope`` opens ``path`` (behind ``/api/v1/``) by ``method``."""
    if scope == AccessToken.Scope.ALL or (method, path) == ITSELF:
        return True
    if path.startswith(OWN):
        return False
    if IN_FULL.fullmatch(path):
        return scope == AccessToken.Scope.SUBMIT
    if method in SAFE:
        return True
    return scope == AccessToken.Scope.SUBMIT and SENDING.fullmatch(path) is not None


def admit(token: AccessToken | None, method: str, path: str) -> None:
    """Refuse a request that its token does not open.

    Raises:
        Forbidden: 403 ``token_scope``.
    """
    if token is None or opens(token.scope, method, path.removeprefix(PREFIX)):
        return
    text = _("Your token is for “%(scope)s”. Use one that opens this, or sign in.")
    raise Forbidden(text % {"scope": AccessToken.Scope(token.scope).label}, "token_scope")

"""The part of ``tests.policy.table`` that is about signing in: factors, tokens, sessions."""

import datetime as dt
from typing import Any

from backend.accounts.models import AccessToken, User
from backend.accounts.sessions.models import UserSession
from backend.clock import now

TABLE = """\
POST   auth/totp/                                       401       401       401       401       401       401       401
POST   auth/totp/confirm/                               401       401       401       401       401       401       401
GET    auth/factor/                                     401       200       200       200       200       200       200
DELETE auth/factor/                                     401       409       409       409       409       409       409
POST   auth/recovery-codes/                             401       409       409       409       409       409       409
POST   auth/proof/                                      401       400       400       400       400       400       400
GET    auth/tokens/                                     401       200       200       200       200       200       200
POST   auth/tokens/                                     401       201       201       201       201       201       201
DELETE auth/tokens/{token}/                             401       204       404       404       404       404       204
GET    auth/sessions/                                   401       200       200       200       200       200       200
DELETE auth/sessions/                                   401       204       204       204       204       204       204
DELETE auth/sessions/{session}/                         401       204       404       404       404       404       404
POST   users/{user}/reset-factor/                       401       403       403       403       403       403       409
"""

NOBODY = {"username": "nobody", "password": "wrong"}
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "auth/totp/"): NOBODY,
    ("POST", "auth/totp/confirm/"): {"username": "no one", "password": "wrong", "otp": "123456"},
    ("POST", "auth/proof/"): {"password": "wrong"},
    ("POST", "auth/tokens/"): {"name": "学籍系统", "scope": "submit", "days": 30},
    ("POST", "users/{user}/reset-factor/"): {"reason": "手机遗失"},
}


def made(clerk: User) -> dict[str, Any]:
    """A token and a session of the partner's, for the world."""
    moment = now()
    ends = moment + dt.timedelta(days=1)
    token = AccessToken.objects.create(user=clerk, digest=b"policy", expires_at=ends, name="学籍系统")
    session = UserSession.objects.create(
        session_key="f" * 40, session_data="", expire_date=ends, user=clerk, began_at=moment, seen_at=moment
    )
    return {"token": token.pk, "session": session.pk}

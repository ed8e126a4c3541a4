"""The part of ``tests.policy.table`` that is about signing in: factors, tokens, sessions."""

from typing import Any

TABLE = """\
POST   auth/totp/                                       401       401       401       401       401       401       401
POST   auth/totp/confirm/                               401       401       401       401       401       401       401
GET    auth/factor/                                     401       200       200       200       200       200       200
DELETE auth/factor/                                     401       409       409       409       409       409       409
POST   auth/recovery-codes/                             401       409       409       409       409       409       409
POST   users/{user}/reset-factor/                       401       403       403       403       403       403       409
"""

NOBODY = {"username": "nobody", "password": "wrong"}
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "auth/totp/"): NOBODY,
    ("POST", "auth/totp/confirm/"): {"username": "no one", "password": "wrong", "otp": "123456"},
    ("POST", "users/{user}/reset-factor/"): {"reason": "手机遗失"},
}

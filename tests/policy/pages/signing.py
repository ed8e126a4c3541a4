"""Pages of who one is: the second factor; columns as in ``tests.policy.pages``."""

from typing import Any

TABLE = """
GET    sign-in/code/                     303       303       303       303       303       303       303
POST   sign-in/code/                     303       303       303       303       303       303       303
GET    sign-in/enrol/                    303       303       303       303       303       303       303
POST   sign-in/enrol/                    303       303       303       303       303       303       303
GET    sign-in/passkey/                  200       303       303       303       303       303       303
POST   sign-in/passkey/                  303       303       303       303       303       303       303
POST   account/passkeys/new/             303       409       409       409       409       409       409
POST   account/passkeys/0/remove/        303       404       404       404       404       404       404
GET    account/second-factor/            302       200       200       200       200       200       200
POST   account/second-factor/            303       400       400       400       400       400       400
GET    account/access/                   302       200       200       200       200       200       200
POST   account/access/                   303       200       200       200       200       200       200
POST   account/sessions/end-others/      303       303       303       303       303       303       303
POST   account/sessions/{session}/end/   303       303       404       404       404       404       404
POST   tokens/{token}/end/               303       303       404       404       404       404       303
POST   prove/                            303       303       303       303       303       303       303
POST   prove/now/                        303       303       303       303       303       303       303
GET    users/{user}/access/              302       403       403       403       403       403       200
GET    users/{user}/second-factor/       302       403       403       403       403       403       200
POST   users/{user}/second-factor/       303       403       403       403       403       403       400
"""
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "account/access/"): {"name": "学籍系统", "scope": "read", "days": "30"},
    ("POST", "account/second-factor/"): {"otp": "123456"},
    ("POST", "users/{user}/second-factor/"): {"reason": "手机遗失"},
}

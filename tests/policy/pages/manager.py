"""The manager's pages, and people's; columns as in ``tests.policy.pages``."""

from typing import Any

TABLE = """
GET    targets/                          302       403       403       403       200       200       200
GET    targets/all/                      302       403       403       403       200       200       200
GET    targets/all/people/               302       403       403       403       200       200       200
GET    targets/all/changes/              302       403       403       403       200       200       200
GET    targets/all/changes/people/       302       403       403       403       200       200       200
GET    targets/all/gap/awaiting_review/  302       403       403       403       200       200       200
GET    indicators/                       302       403       403       403       200       200       200
GET    indicators/{indicator}/           302       403       403       403       200       200       200
POST   indicators/{indicator}/           303       403       403       403       303       303       403
POST   targets/all/landing/              303       403       403       403       303       303       303
GET    people/{person}/                  302       200       404       200       200       200       200
GET    people/{person}/reveal/           302       403       403       403       303       403       403
GET    people/{person}/split/            302       403       403       403       303       403       403
POST   people/{person}/split/            303       403       403       403       303       403       403
POST   people/{person}/reveal/           303       403       403       403       200       403       403
"""
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "people/{person}/reveal/"): {"reason": "核对证件"},
    ("POST", "indicators/{indicator}/"): {"value": "1.5", "as_of": "2019-12-31", "source": "年鉴"},
}

"""The rules' pages; columns as in ``tests.policy.pages``."""

from typing import Any

TABLE = """
GET    rules/                                         302       200       200       200       200       200       200
GET    rules/help/                                    302       303       303       303       303       303       303
GET    rules/{rule}/                                  302       200       200       200       200       200       200
POST   rules/{rule}/severity/                         303       403       403       403       303       403       403
POST   rules/{rule}/replay/                           303       403       403       403       303       403       403
GET    replays/                                       302       403       403       403       200       403       403
GET    replays/{replay}/                              302       403       403       403       200       403       403
POST   replays/{replay}/cancel/                       303       403       403       403       303       403       403
GET    overrides/                                     302       200       200       200       200       200       200
POST   overrides/{override}/grant/                    303       403       403       403       303       403       403
POST   overrides/{override}/refuse/                   303       403       403       403       303       403       403
POST   submissions/{submission}/overrides/            303       303       404       403       403       403       403
"""
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "rules/{rule}/severity/"): {"severity": "off", "from_on": "2019-01-01", "reason": "trial"},
    ("POST", "rules/{rule}/replay/"): {"severity": "off", "from_on": "2019-01-01", "until_on": "2019-12-31"},
    ("POST", "overrides/{override}/refuse/"): {"reason": "no approval was sent"},
    ("POST", "submissions/{submission}/overrides/"): {"rule": "E06", "explanation": "the register is wrong"},
}

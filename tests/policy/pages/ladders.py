"""The pages about ladders, peace and digests; columns as in ``tests.policy.pages``."""

from typing import Any

TABLE = """
GET    reminders/policies/                                      302     403     403     403     200     200     200
POST   reminders/policies/draft/                                303     403     403     403     303     403     303
GET    reminders/policies/{ladder}/                             302     403     403     403     200     200     200
GET    reminders/policies/{ladder}/preview/                     302     403     403     403     200     200     200
POST   reminders/policies/{ladder}/switch-on/                   303     403     403     403     303     403     303
POST   reminders/policies/{ladder}/switch-off/                  303     403     403     403     400     403     400
POST   reminders/policies/{ladder}/discard/                     303     403     403     403     303     403     303
GET    reminders/policies/{ladder}/stages/                      302     403     403     403     200     200     200
POST   reminders/policies/{ladder}/stages/                      303     403     403     403     400     403     400
GET    reminders/policies/{ladder}/stages/{stage}/              302     403     403     403     200     200     200
POST   reminders/policies/{ladder}/stages/{stage}/              303     403     403     403     400     403     400
POST   reminders/policies/{ladder}/stages/{stage}/remove/       303     403     403     403     303     403     303
GET    reminders/quiet/                                         302     403     403     403     200     200     200
GET    reminders/quiet/new/                                     302     403     403     403     200     403     403
POST   reminders/quiet/new/                                     303     403     403     403     303     403     403
POST   reminders/quiet/{quieting}/lift/                         303     403     403     403     303     403     403
GET    reminders/digest/                                        302     200     200     200     200     200     200
POST   reminders/digest/                                        303     303     303     403     303     303     303
"""
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "reminders/policies/draft/"): {"kind": "reporting"},
    ("POST", "reminders/policies/{ladder}/switch-on/"): {"reason": "通知"},
    ("POST", "reminders/policies/{ladder}/switch-off/"): {"reason": "通知"},
    ("POST", "reminders/quiet/new/"): {"organisation": "{organisation}", "reason": "搬迁"},
    ("POST", "reminders/quiet/{quieting}/lift/"): {"reason": "搬完"},
    ("POST", "reminders/digest/"): {"digest": "on", "hour": "08:30"},
}

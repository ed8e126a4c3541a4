"""The pages of calendar and rates; columns as in ``tests.policy.pages``."""

from typing import Any

TABLE = """
GET    rates/                                         302       200       200       200       200       200       200
GET    period-schemes/                                302       200       200       200       200       200       200
GET    period-schemes/new/                            302       403       403       403       200       403       403
POST   period-schemes/new/                            303       403       403       403       400       403       403
GET    period-schemes/{scheme}/                       302       200       404       200       200       200       200
POST   period-schemes/{scheme}/                       303       403       403       403       400       403       403
GET    holidays/                                      302       200       200       200       200       200       200
GET    holidays/{year}/                               302       200       200       200       200       200       200
POST   holidays/{year}/                               303       403       403       403       400       403       403
POST   periods/{period}/extend/                       303       403       403       403       303       403       403
POST   extensions/{extension}/withdraw/               303       403       403       403       303       403       403
GET    calendar/{secret}.ics                          200       200       200       200       200       200       200
GET    calendar-feed/                                 302       200       200       200       403       403       403
POST   calendar-feed/                                 303       200       200       403       403       403       403
GET    calendar-feeds/                                302       403       403       403       403       403       200
POST   calendar-feeds/                                303       403       403       403       403       403       200
POST   calendar-feeds/{feed}/revoke/                  303       303       404       403       403       403       303
"""
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "periods/{period}/extend/"): {"due_on": "2019-05-31", "reason": "停课"},
    ("POST", "extensions/{extension}/withdraw/"): {"reason": "误批"},
    ("POST", "calendar-feed/"): {"language": "en"},
    ("POST", "calendar-feeds/"): {"organisation": "{organisation}", "language": "en"},
}

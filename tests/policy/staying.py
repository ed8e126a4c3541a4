"""Retention's part of the table and of the world: a question about one of the partner's records."""

import datetime as dt
from typing import Any

from programs.records.models import Record
from programs.retention.models import RetentionCheck

TABLE = """\
GET    retention/checks/                                401       200       200       200       200       200       200
POST   retention/checks/answer/                         401       200       404       403       200       403       403
GET    retention/checks/{check}/                        401       200       404       200       200       200       200
POST   retention/checks/{check}/answer/                 401       200       404       403       200       403       403
GET    retention/rules/                                 401       403       403       403       200       200       200
POST   retention/rules/                                 401       403       403       403       201       403       403
GET    retention/sheet.xlsx                             401       200       200       200       200       403       403
GET    retention/sheet.csv                              401       200       200       200       200       403       403
GET    retention/rates/                                 401       200       200       200       200       200       200
"""

BODIES: dict[tuple[str, str], Any] = {
    ("POST", "retention/checks/answer/"): {"answers": [{"check": "{check}", "answer": "unknown"}]},
    ("POST", "retention/checks/{check}/answer/"): {"answer": "employed_here"},
    ("POST", "retention/rules/"): {"path": "trained", "valid_from": "2020-01-01", "months": [12], "reason": "通知"},
}


def made(record: Record) -> int:
    """A question that waits for its answer; its id."""
    return RetentionCheck.objects.create(
        record=record,
        person=record.person,
        organisation=record.organisation,
        path="trained",
        months=6,
        since=dt.date(2019, 2, 1),
        falls_on=dt.date(2019, 8, 1),
    ).pk

"""The pages of recruitment; columns as in ``tests.policy.pages``."""

from typing import Any

from tests.policy.recruiting import ARRIVAL, POSITION

TABLE = """
GET    recruitment/                       302       200       200       200       200       200       200
GET    recruitment/funnel/                302       200       200       200       200       200       200
GET    recruitment/times/                 302       200       200       200       200       200       200
GET    recruitment/sources/               302       200       200       200       200       200       200
GET    recruitment/demand/                302       200       200       200       200       200       200
GET    positions/                         302       200       200       200       200       200       200
GET    positions/new/                     302       200       200       200       200       403       403
POST   positions/new/                     303       303       303       403       303       403       403
GET    positions/{position}/              302       200       404       200       200       200       200
POST   positions/{position}/              303       400       404       403       400       403       403
POST   positions/{position}/close/        303       303       404       403       303       403       403
POST   positions/{position}/reopen/       303       303       404       403       303       403       403
GET    campaigns/                         302       200       200       200       200       200       200
GET    campaigns/new/                     302       403       403       403       200       403       403
POST   campaigns/new/                     303       403       403       403       303       403       403
GET    campaigns/{campaign}/              302       200       404       200       200       200       200
POST   campaigns/{campaign}/              303       403       403       403       400       403       403
GET    candidates/                        302       200       200       200       200       403       403
GET    candidates/board/                  302       200       200       200       200       403       403
GET    candidates/new/                    302       200       200       200       200       403       403
POST   candidates/new/                    303       303       303       403       303       403       403
GET    candidates/move/                   302       200       400       200       200       403       403
POST   candidates/move/                   303       303       400       403       303       403       403
GET    candidates/{candidate}/            302       200       404       200       200       403       403
GET    candidates/{candidate}/edit/       302       200       404       200       200       403       403
POST   candidates/{candidate}/edit/       303       303       404       403       303       403       403
POST   candidates/{candidate}/move/       303       303       404       403       303       403       403
POST   candidates/{candidate}/arrive/     303       303       404       403       303       403       403
POST   candidates/{candidate}/reveal/     303       200       404       403       200       403       403
POST   candidates/{candidate}/documents/  303       303       404       403       303       403       403
POST   candidates/{candidate}/documents/{document}/take-away/ 303 303 404      403       303       403       403
GET    candidates/{candidate}/documents/{document}/file/ 302 200      404       200       200       403       403
"""
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "positions/new/"): POSITION | {"opened_on": "2019-01-01"},
    ("POST", "positions/{position}/close/"): {"reason": "招满"},
    ("POST", "campaigns/new/"): {
        "programme": "{introduction}",
        "kind": "fair",
        "starts_on": "2019-01-01",
        "ends_on": "2019-01-02",
    },
    ("POST", "candidates/new/"): {
        "organisation": "{organisation}",
        "name": "李四",
        "source": "direct",
        "stage": "sourced",
        "day": "2019-02-01",
    },
    ("GET", "candidates/move/"): {"ids": "{candidate}"},
    ("POST", "candidates/move/"): {"ids": "{candidate}", "to": "applied", "day": "2019-02-01"},
    ("POST", "candidates/{candidate}/edit/"): {"source": "fair", "id_type": "111", "notes": "约面试"},
    ("POST", "candidates/{candidate}/move/"): {"to": "applied", "expected": "sourced", "day": "2019-02-01"},
    ("POST", "candidates/{candidate}/arrive/"): ARRIVAL,
    ("POST", "candidates/{candidate}/reveal/"): {"reason": "约面试"},
}

"""The officer's pages; columns as in ``tests.policy.pages``."""

from typing import Any

TABLE = """
GET    records/                          302       200       200       200       200       200       200
GET    records/{record}/                 302       200       404       200       200       200       200
POST   records/{record}/verify/          303       403       403       403       303       403       403
POST   records/{record}/return/          303       403       403       403       303       403       403
POST   records/{record}/reject/          303       403       403       403       303       403       403
POST   records/{record}/revoke/          303       403       403       403       303       403       403
GET    records/decide/                   302       403       403       403       303       403       403
POST   records/decide/                   303       403       403       403       303       403       403
GET    matches/                          302       403       403       403       200       403       403
GET    matches/{match}/                  302       403       403       403       200       403       403
POST   matches/{match}/same/             303       403       403       403       303       403       403
POST   matches/{match}/different/        303       403       403       403       303       403       403
GET    obligations/                      302       200       200       200       200       200       200
GET    obligations/{obligation}/         302       200       404       200       200       200       200
POST   obligations/{obligation}/excuse/  303       403       403       403       303       403       403
POST   obligations/{obligation}/remind/  303       403       403       403       303       403       403
GET    reminders/                        302       200       200       200       200       200       200
GET    reminders/preview/                302       200       200       200       200       200       200
GET    cohort-requests/                 302       200       200       200       200       200       200
GET    cohort-requests/{request}/       302       200       404       200       200       200       200
POST   cohort-requests/{request}/       303       403       403       403       400       403       403
POST   cohort-requests/{request}/refuse/ 303       403       403       403       303       403       403
GET    review/batches/                  302       200       200       200       200       200       200
POST   review/batches/open/             303       403       403       403       404       403       403
GET    review/batches/{lot}/            302       200       404       200       200       200       200
GET    review/batches/{lot}/units/{record}/ 302   403       403       403       404       403       403
POST   review/batches/{lot}/units/{record}/ 303   403       403       403       404       403       403
POST   review/batches/{lot}/conclude/   303       403       403       403       303       403       403
POST   review/batches/{lot}/cancel/     303       403       403       403       303       403       403
GET    review/sampling/{organisation}/  302       200       404       200       200       200       200
POST   review/sampling/{organisation}/  303       403       403       403       400       403       403
GET    review/sampling-settings/        302       403       403       403       200       200       200
POST   review/sampling-settings/        303       403       403       403       403       403       400
GET    jobs/                             302       200       200       200       200       200       200
GET    jobs/{job}/                       302       200       404       200       200       200       200
"""
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "records/decide/"): {"ids": "{record}", "decision": "verify"},
    ("POST", "obligations/{obligation}/excuse/"): {"reason": "nothing took place"},
}

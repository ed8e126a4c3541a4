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
POST   records/decide/preview/          303       403       403       403       200       403       403
POST   records/{record}/claim/          303       403       403       403       303       403       403
POST   records/{record}/release/        303       403       403       403       303       403       403
POST   records/{record}/undo/           303       403       403       403       303       403       403
POST   claims/                          303       403       403       403       303       403       403
POST   claims/next/                     303       403       403       403       303       403       403
POST   claims/release/                  303       403       403       403       303       403       403
POST   claims/renew/                    303       403       403       403       204       403       403
GET    claims/hand-over/                302       403       403       403       200       403       403
POST   claims/hand-over/                303       403       403       403       200       403       403
GET    claims/take-over/                302       403       403       403       200       403       403
POST   claims/take-over/                303       403       403       403       303       403       403
GET    decision-runs/                   302       403       403       403       200       403       200
GET    decision-runs/{run}/             302       403       403       403       200       403       200
POST   decision-runs/{run}/             303       403       403       403       200       403       403
GET    review/settings/                 302       403       403       403       200       403       200
POST   review/settings/                 303       403       403       403       403       403       303
GET    threads/                         302       200       200       200       200       200       200
POST   threads/new/                     303       303       404       403       303       403       403
GET    threads/{thread}/                302       200       404       200       200       200       200
POST   threads/{thread}/messages/       303       303       404       403       303       403       403
POST   threads/{thread}/close/          303       403       403       403       303       403       403
GET    matches/                          302       403       403       403       200       403       403
GET    matches/{match}/                  302       403       403       403       200       403       403
POST   matches/{match}/same/             303       403       403       403       303       403       403
POST   matches/{match}/different/        303       403       403       403       303       403       403
GET    obligations/                      302       200       200       200       200       200       200
GET    obligations/{obligation}/         302       200       404       200       200       200       200
POST   obligations/{obligation}/excuse/  303       403       403       403       303       403       403
POST   obligations/{obligation}/remind/  303       403       403       403       303       403       403
POST   obligations/{obligation}/calls/   303       403       403       403       303       403       403
POST   obligations/{obligation}/extend/  303       403       403       403       303       403       403
GET    scorecards/                       302       200       200       200       200       200       403
GET    scorecards/{organisation}/        302       200       404       200       200       200       403
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
    ("POST", "records/decide/preview/"): {"ids": "{record}", "decision": "verify"},
    ("POST", "claims/"): {"ids": "{record}"},
    ("POST", "claims/release/"): {"ids": "{record}"},
    ("POST", "claims/hand-over/"): {"ids": "{record}"},
    ("POST", "claims/take-over/"): {"ids": "{record}", "sure": "1", "text": "休假"},
    ("POST", "decision-runs/{run}/"): {"reason": "看错"},
    ("POST", "review/settings/"): {"claim_minutes": "60", "undo_hours": "24"},
    ("POST", "threads/new/"): {"record": "{record}", "text": "请核对"},
    ("POST", "threads/{thread}/messages/"): {"text": "请核对"},
    ("POST", "obligations/{obligation}/excuse/"): {"reason": "nothing took place"},
}

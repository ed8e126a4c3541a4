"""The partner's pages; columns as in ``tests.policy.pages``."""

from typing import Any

TABLE = """
GET    submissions/                                   302       200       200       200       200       200       200
GET    submissions/new/                               302       200       200       403       200       403       403
POST   submissions/new/                               303       400       400       403       400       403       403
GET    submissions/new/record/                        302       200       200       403       403       403       403
POST   submissions/new/record/                        303       400       400       403       403       403       403
GET    submissions/{submission}/                      302       200       404       200       200       200       200
POST   submissions/{submission}/confirm/              303       303       404       403       303       403       403
POST   submissions/{submission}/cancel/               303       303       404       403       303       403       403
GET    submissions/{submission}/rows/3/               302       200       404       403       200       403       403
POST   submissions/{submission}/rows/3/               303       303       404       403       303       403       403
GET    submissions/{submission}/mend-all/             302       200       404       403       200       403       403
POST   submissions/{submission}/mend-all/             303       303       404       403       303       403       403
GET    submissions/{submission}/changes/              302       200       404       200       200       403       403
POST   submissions/{submission}/withdraw/             303       303       404       403       403       403       403
GET    records/{record}/mend/                         302       409       404       409       403       403       403
POST   records/{record}/mend/                         303       409       404       403       403       403       403
POST   records/{record}/withdraw/                     303       303       404       403       403       403       403
GET    submissions/{submission}/statement/            302       200       404       200       200       403       403
GET    submissions/{submission}/report.xlsx           302       200       404       403       403       403       403
GET    practice/                                      302       200       200       200       403       403       403
GET    practice/{sample}.xlsx                         302       200       200       200       403       403       403
GET    practice/{sample}.csv                          302       200       200       200       403       403       403
GET    cohort-requests/new/                           302       200       200       403       403       403       403
POST   cohort-requests/new/                           303       400       400       403       403       403       403
GET    template.xlsx                                  302       200       200       200       200       200       200
GET    template.csv                                   302       200       200       200       200       200       200
POST   obligations/{obligation}/confirm-zero/         303       303       404       403       303       403       403
GET    retention/                                     302       200       200       200       200       200       200
GET    retention/checks/{check}/                      302       200       404       200       200       200       200
POST   retention/checks/{check}/                      303       303       404       403       303       403       403
GET    retention/periods/{period}/                    302       200       200       200       303       303       303
POST   retention/periods/{period}/                    303       303       303       403       404       403       403
GET    retention/periods/{period}/sheet.xlsx          302       200       200       200       404       403       403
GET    retention/rules/                               302       403       403       403       200       200       200
POST   retention/rules/                               303       403       403       403       400       403       403
"""
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "submissions/new/"): {"period": "{period}", "organisation": "{organisation}"},
    ("GET", "submissions/{submission}/mend-all/"): {"rule": "E02", "column": "district", "value": "火星区"},
    ("POST", "submissions/{submission}/mend-all/"): {
        "rule": "E02",
        "column": "district",
        "value": "火星区",
        "to": "520102",
    },
    ("POST", "submissions/{submission}/rows/3/"): {"district": "520103"},
}

"""The administrator's pages, and those of organisations, users, programmes, cohorts and periods; columns as in
``tests.policy.pages``.
"""

from typing import Any

TABLE = """
GET    components/                       302       403       403       403       403       403       200
GET    organisations/                    302       200       200       200       200       200       200
GET    organisations/new/                302       403       403       403       200       403       200
POST   organisations/new/                303       403       403       403       303       403       303
GET    organisations/{organisation}/     302       200       404       200       200       200       200
POST   organisations/{organisation}/     303       403       403       403       303       403       303
GET    organisations/{organisation}/acts/close/     302   403  403  403  200  403  200
POST   organisations/{organisation}/acts/close/     303   403  403  403  303  403  303
GET    organisations/{organisation}/acts/rename/    302   403  403  403  200  403  200
GET    organisations/{organisation}/acts/nest/      302   403  403  403  200  403  200
GET    organisations/{organisation}/acts/merge/     302   403  403  403  200  403  200
GET    organisations/{organisation}/changes/{change}/ 302  403  403  403  200  403  200
POST   organisations/{organisation}/changes/{change}/ 303  403  403  403  303  403  303
GET    users/                            302       403       403       403       403       403       200
GET    users/new/                        302       403       403       403       403       403       200
POST   users/new/                        303       403       403       403       403       403       303
GET    users/{user}/                     302       403       403       403       403       403       200
POST   users/{user}/                     303       403       403       403       403       403       303
GET    audit/                            302       403       403       403       403       403       200
POST   audit/examine/                    303       403       403       403       403       403       303
GET    keys/                             302       403       403       403       403       403       200
POST   keys/                             303       403       403       403       403       403       303
GET    suppressed/                       302       403       403       403       403       403       200
POST   suppressed/0/release/             303       403       403       403       403       403       404
GET    programmes/                       302       200       200       200       200       200       200
GET    programmes/new/                   302       403       403       403       200       403       403
POST   programmes/new/                   303       403       403       403       303       403       403
GET    programmes/{programme}/           302       200       404       200       200       200       200
GET    programmes/{programme}/edit/      302       403       403       403       200       403       403
POST   programmes/{programme}/edit/      303       403       403       403       303       403       403
GET    programmes/{programme}/budget/new/ 302      403       403       403       200       403       403
POST   programmes/{programme}/budget/new/ 303      403       403       403       303       403       403
GET    programmes/{programme}/budget/{line}/ 302   403       403       403       200       403       403
POST   programmes/{programme}/budget/{line}/ 303   403       403       403       303       403       403
POST   programmes/{programme}/budget/{line}/remove/ 303 403   403       403       303       403       403
GET    cohorts/                          302       200       200       200       200       200       200
GET    cohorts/new/                      302       403       403       403       200       403       403
POST   cohorts/new/                      303       403       403       403       303       403       403
GET    cohorts/{cohort}/                 302       200       404       200       200       200       200
GET    cohorts/{cohort}/edit/            302       403       403       403       200       403       403
POST   cohorts/{cohort}/edit/            303       403       403       403       303       403       403
GET    cohorts/{cohort}/attendance/      302       200       404       200       200       200       200
GET    cohorts/{cohort}/attendance/{record}/ 302   200       404       200       200       200       200
POST   cohorts/{cohort}/attendance/{record}/ 303   303       404       403       303       403       403
GET    training/conflicts/               302       200       200       200       200       200       200
GET    periods/                          302       200       200       200       200       200       200
GET    periods/new/                      302       403       403       403       200       403       403
POST   periods/new/                      303       403       403       403       303       403       403
GET    periods/generate/                 302       403       403       403       200       403       403
POST   periods/generate/                 303       403       403       403       303       403       403
GET    periods/{period}/                 302       200       200       200       200       200       200
POST   periods/{period}/                 303       403       403       403       303       403       403
POST   periods/{period}/lock/            303       403       403       403       303       403       403
POST   periods/{period}/unlock/          303       403       403       403       303       403       403
"""

NO_CONTACTS = {"contacts-TOTAL_FORMS": "0", "contacts-INITIAL_FORMS": "0"}
YEAR = {"starts_on": "2019-01-01", "ends_on": "2019-12-31"}
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "organisations/new/"): {"code": "NEW", "name_zh": "新", "kind": "university", **NO_CONTACTS},
    ("POST", "organisations/{organisation}/"): {"name_zh": "新名", "kind": "university", **NO_CONTACTS},
    ("POST", "organisations/{organisation}/acts/close/"): {"day": "2030-01-01", "reason": "撤销", "do": "true"},
    ("POST", "organisations/{organisation}/changes/{change}/"): {"reason": "误登"},
    ("POST", "keys/"): {"what": "seal", "reason": "季度轮换"},
    ("POST", "users/new/"): {
        "username": "new-user",
        "password": "Long-enough-7391",
        "role": "partner",
        "organisation": "{organisation}",
        "language": "zh-hans",
        "is_active": "on",
    },
    ("POST", "users/{user}/"): {
        "role": "partner",
        "organisation": "{organisation}",
        "email": "clerk@example.com",
        "language": "en",
        "is_active": "on",
    },
    ("POST", "programmes/new/"): {
        "code": "NEW",
        "name_zh": "新",
        "path": "trained",
        "organisations": ["{organisation}"],
        **YEAR,
    },
    ("POST", "programmes/{programme}/edit/"): {
        "name_zh": "新名",
        "path": "trained",
        "organisations": ["{organisation}"],
        "starts_on": "2018-01-01",
        "ends_on": "2020-12-31",
    },
    ("POST", "cohorts/new/"): {
        "code": "NEW",
        "programme": "{programme}",
        "organisation": "{organisation}",
        "starts_on": "2019-01-01",
        "ends_on": "2019-04-30",
    },
    ("POST", "cohorts/{cohort}/edit/"): {
        "programme": "{programme}",
        "organisation": "{organisation}",
        "starts_on": "2019-01-01",
        "ends_on": "2019-04-30",
        "capacity": "40",
    },
    ("POST", "programmes/{programme}/budget/new/"): {"purpose": "讲师费", "funding_source": "central", "planned": "1"},
    ("POST", "programmes/{programme}/budget/{line}/"): {"purpose": "教材", "funding_source": "other", "planned": "2"},
    ("POST", "cohorts/{cohort}/attendance/{record}/"): {"hours": "6", "until": "2019-01-31"},
    ("POST", "periods/new/"): {
        "code": "2021-X",
        "starts_on": "2021-01-21",
        "ends_on": "2021-02-20",
        "due_on": "2021-03-01",
    },
    ("POST", "periods/generate/"): {
        "frequency": "month",
        "first": "2020-01-01",
        "last": "2020-03-31",
        "working_days_after_end": "10",
    },
    ("POST", "periods/{period}/"): {"starts_on": "2019-01-01", "ends_on": "2019-03-31", "due_on": "2019-04-20"},
    ("POST", "periods/{period}/lock/"): {"reason": "结账"},
    ("POST", "periods/{period}/unlock/"): {"reason": "结账"},
}

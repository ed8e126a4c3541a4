"""The platform's part of ``tests.policy.table``: organisations, users, messages."""

from typing import Any

TABLE = """\
GET    organisations/                                   401       200       200       200       200       200       200
POST   organisations/                                   401       403       403       403       201       403       201
GET    organisations/{organisation}/                    401       200       404       200       200       200       200
PATCH  organisations/{organisation}/                    401       403       403       403       200       403       200
GET    organisations/{organisation}/changes/            401       200       404       200       200       200       200
POST   organisations/{organisation}/changes/{change}/withdraw/ 401 403      403       403       200       403       200
GET    organisations/{organisation}/foretold/           401       403       403       403       200       403       200
POST   organisations/{organisation}/rename/             401       403       403       403       201       403       201
POST   organisations/{organisation}/nest/               401       403       403       403       201       403       201
POST   organisations/{organisation}/close/              401       403       403       403       201       403       201
POST   organisations/{organisation}/merge/              401       403       403       403       201       403       201
GET    users/                                           401       403       403       403       403       403       200
POST   users/                                           401       403       403       403       403       403       201
GET    users/{user}/                                    401       403       403       403       403       403       200
PATCH  users/{user}/                                    401       403       403       403       403       403       200
GET    keys/                                            401       403       403       403       403       403       200
GET    rotations/                                       401       403       403       403       403       403       200
POST   rotations/                                       401       403       403       403       403       403       202
GET    rotations/{rotation}/                            401       403       403       403       403       403       200
GET    endpoints/                                       401       200       200       200       403       403       200
POST   endpoints/                                       401       201       201       403       403       403       201
GET    endpoints/{endpoint}/                            401       200       404       200       403       403       200
PATCH  endpoints/{endpoint}/                            401       200       404       403       403       403       200
POST   endpoints/{endpoint}/rotate/                     401       200       404       403       403       403       200
POST   endpoints/{endpoint}/test/                       401       202       404       403       403       403       202
GET    deliveries/                                      401       200       200       200       200       403       200
GET    deliveries/{delivery}/                           401       200       404       200       200       403       200
GET    inbox/                                           401       200       200       200       200       200       200
POST   inbox/mark/                                      401       200       200       200       200       200       200
"""

BODIES: dict[tuple[str, str], Any] = {
    ("POST", "organisations/"): {"code": "NEW", "name_zh": "新", "name_en": "New", "kind": "university"},
    ("PATCH", "organisations/{organisation}/"): {"name_en": "Renamed"},
    ("POST", "organisations/{organisation}/changes/{change}/withdraw/"): {"reason": "误登"},
    ("GET", "organisations/{organisation}/foretold/"): {"on": "2030-01-01"},
    ("POST", "organisations/{organisation}/rename/"): {"from": "2030-01-01", "name_zh": "新名", "reason": "更名批复"},
    ("POST", "organisations/{organisation}/nest/"): {"from": "2030-01-01", "parent": None, "reason": "调整"},
    ("POST", "organisations/{organisation}/close/"): {"on": "2030-01-01", "reason": "撤销"},
    ("POST", "organisations/{organisation}/merge/"): {"on": "2030-01-01", "into": "{successor}", "reason": "合并"},
    ("POST", "users/"): {
        "username": "new-user",
        "password": "Long-enough-7391",
        "role": "partner",
        "organisation": "{organisation}",
    },
    ("PATCH", "users/{user}/"): {"email": "clerk@example.com"},
    ("POST", "rotations/"): {"what": "seal", "reason": "季度轮换"},
    ("PATCH", "endpoints/{endpoint}/"): {"active": False},
}

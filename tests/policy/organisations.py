"""Who may say what became of organisations: the part of ``tests.policy.table`` that is theirs."""

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
}

"""What somebody keeps for themselves: views of lists, what was put away; columns as in ``tests.policy.pages``."""

from typing import Any

TABLE = """
POST   saved-views/                      303       303       303       303       303       303       303
POST   saved-views/{view}/default/       303       404       404       404       303       404       404
POST   saved-views/{view}/forget/        303       404       404       404       303       404       404
POST   account/first-steps/              303       303       303       303       303       303       303
GET    changes/                          302       200       200       200       200       200       200
"""
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "saved-views/"): {"list": "records", "name": "待审", "query": "state=submitted"},
}

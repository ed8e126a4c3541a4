"""The pages on which people are looked for; columns as in ``tests.policy.pages``."""

from typing import Any

TABLE = """
GET    people/                           302       200       200       200       200       200       200
POST   people/find/                      303       303       303       303       303       303       303
GET    people/check-list/                302       200       200       200       200       403       403
POST   people/check-list/                303       400       400       400       400       403       403
GET    people/check-list/{list}/         302       303       404       303       404       403       403
GET    people/check-list/{list}/result/  302       200       404       200       404       403       403
GET    reveals/                          302       403       403       403       403       403       200
"""
BODIES: dict[tuple[str, str], Any] = {("POST", "people/find/"): {"q": "张伟"}}

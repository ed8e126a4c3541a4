"""The pages of endpoints, of messages sent, and of the inbox; columns as in ``tests.policy.pages``."""

from typing import Any

TABLE = """
GET    endpoints/                        302       200       200       200       403       403       200
GET    endpoints/new/                    302       200       200       303       403       403       200
POST   endpoints/new/                    303       200       200       403       403       403       200
GET    endpoints/{endpoint}/             302       200       404       200       403       403       200
POST   endpoints/{endpoint}/             303       303       404       403       403       403       303
POST   endpoints/{endpoint}/rotate/      303       200       404       403       403       403       200
POST   endpoints/{endpoint}/test/        303       303       404       403       403       403       303
GET    deliveries/                       302       200       200       200       200       403       200
GET    deliveries/{delivery}/            302       200       404       200       200       403       200
GET    inbox/                            302       200       200       200       200       200       200
POST   inbox/read/                       303       303       303       303       303       303       303
POST   inbox/{inbox}/mark/               303       303       404       404       404       404       404
"""
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "endpoints/new/"): {"kind": "webhook", "name": "新", "address": "https://hooks.example.org/"},
    ("POST", "endpoints/{endpoint}/"): {"name": "新名", "active": "on"},
}

"""The pages about credentials; columns as in ``tests.policy.pages``."""

from typing import Any

TABLE = """
GET    credentials/                      302       200       200       200       200       200       200
GET    credentials/{credential}/         302       200       404       200       200       200       200
GET    credentials/examine/              302       403       403       403       303       403       403
POST   credentials/examine/              303       403       403       403       200       403       403
POST   credentials/{credential}/confirm/ 303       403       403       403       303       403       403
POST   credentials/{credential}/refute/  303       403       403       403       303       403       403
POST   credentials/{credential}/reopen/  303       403       403       403       303       403       403
POST   credentials/{credential}/evidence/ 303      303       404       403       303       403       403
POST   credentials/{credential}/evidence/{evidence}/take-away/ 303 303 404   403       303       403       403
GET    credentials/{credential}/evidence/{evidence}/file/ 302  200      404       200       200       403       403
GET    credentials/{credential}/evidence/{evidence}/thumbnail/ 302 200  404       200       200       403       403
"""
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "credentials/examine/"): {"ids": "{credential}", "verdict": "confirm"},
    ("POST", "credentials/{credential}/refute/"): {"reason": "查无此证"},
    ("POST", "credentials/{credential}/reopen/"): {"reason": "再看"},
}

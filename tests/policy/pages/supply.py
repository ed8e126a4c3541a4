"""The pages of supply and demand; columns as in ``tests.policy.pages``."""

from typing import Any

TABLE = """
GET    supply/                                        302       200       200       200       200       200       200
GET    supply/positions/                              302       200       200       200       200       200       200
GET    supply/cohorts/                                302       200       200       200       200       200       200
GET    supply/people/                                 302       403       403       403       200       200       403
"""
BODIES: dict[tuple[str, str], Any] = {}

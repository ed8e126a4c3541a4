"""The manager's pages; columns as in ``tests.policy.pages``."""

from typing import Any

TABLE = """
"""
BODIES: dict[tuple[str, str], Any] = {}

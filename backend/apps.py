"""The backend app."""

import sys

from django.apps import AppConfig
from django.http import multipartparser

from backend.logs import tell_uncaught
from backend.rooms import register_handlers

PART_HEADER_BYTES = 16 * 1024
"""What stands before a file in a form, its name among it; Django takes 1 KB of it and refuses a form that has more."""


class PlatformConfig(AppConfig):
    """Platform."""

    name = "backend"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        multipartparser.MAX_TOTAL_HEADER_SIZE = PART_HEADER_BYTES  # type: ignore[attr-defined]  # a bare constant
        register_handlers(self.name)
        sys.excepthook = tell_uncaught

"""Keeping what this process logs, as the settings have it written."""

import logging.config
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import override_settings


@contextmanager
def kept(path: Path) -> Iterator[Path]:
    """A file beside the console. By way of the settings, because loading the tasks sets logging up once more."""
    usual: dict[str, Any] = settings.LOGGING
    file = {"class": "logging.FileHandler", "filename": str(path), "formatter": "plain", "encoding": "utf-8"}
    both = usual | {
        "handlers": usual["handlers"] | {"kept": file},
        "root": usual["root"] | {"handlers": [*usual["root"]["handlers"], "kept"]},
    }
    with override_settings(LOGGING=both):
        logging.config.dictConfig(both)
        yield path
    logging.config.dictConfig(usual)

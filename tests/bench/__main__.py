"""``make bench``: prints the performance table and writes ``var/bench.json``; ``FULL=1`` for the long figures."""

import importlib
import logging
import os
from pathlib import Path

import django
from rich.console import Console

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("intake", "targets", "people")


def main() -> None:
    """Measure on a database of its own, room by room."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
    django.setup()
    logging.disable(logging.WARNING)
    from backend.celery import app
    from tests.bench.figures import Figures, keep, show
    from tests.support.databases import Databases

    app.loader.import_default_modules()
    console = Console()
    databases = Databases()
    databases.prepare()
    figures: Figures = {}
    for room in ROOMS:
        name = databases.clone()
        with databases.using(name), console.status(f"measuring {room} …"):
            figures |= importlib.import_module(f"tests.bench.{room}").measure(os.environ.get("FULL") == "1")
        databases.drop(name)
    databases.close()
    show(figures, console)
    keep(figures, ROOT / "var" / "bench.json")


if __name__ == "__main__":
    main()

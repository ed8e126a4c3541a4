"""``make bench``: prints the performance table and writes ``var/bench.json``; ``FULL=1`` for the long figures,
``ROOM=intake`` for those of one room, ``STAGES=1`` for where the time of an intake goes."""

import importlib
import logging
import os

import django
from rich.console import Console

ROOMS = ("intake", "targets", "identity", "people", "landing", "reminders", "supply", "pages", "vault")


def main() -> None:
    """Measure on a database of its own, room by room."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
    django.setup()
    logging.disable(logging.WARNING)
    from backend.celery import app
    from tests.bench.figures import KEPT, Figures, keep, show
    from tests.support.databases import Databases

    app.loader.import_default_modules()
    console = Console()
    databases = Databases()
    databases.prepare()
    figures: Figures = {}
    stages = os.environ.get("STAGES") == "1"
    for room in () if stages else _rooms():
        name = databases.clone()
        with databases.using(name), console.status(f"measuring {room} …"):
            figures |= importlib.import_module(f"tests.bench.{room}").measure(os.environ.get("FULL") == "1")
        databases.drop(name)
        # What is measured stays, whatever becomes of the next room.
        keep(figures, KEPT)
    if stages:
        with databases.using(databases.clone()):
            importlib.import_module("tests.bench.stages").show(console)
    databases.close()
    if figures:
        show(figures, console)


def _rooms() -> tuple[str, ...]:
    room = os.environ.get("ROOM")
    return (room,) if room in ROOMS else ROOMS


if __name__ == "__main__":
    main()

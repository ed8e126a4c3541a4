"""Finding a module of one name in every room of an app, so that no app has to list its rooms."""

import importlib
import importlib.util
import pkgutil
from collections.abc import Iterator

APPS = ("backend", "talent", "programs")


def rooms_with(module: str, apps: tuple[str, ...] = APPS) -> Iterator[str]:
    """The full names of the rooms (``programs.intake``) that hold a module called ``module``."""
    for app in apps:
        package = importlib.import_module(app)
        for found in pkgutil.iter_modules(package.__path__, f"{app}."):
            if found.ispkg and importlib.util.find_spec(f"{found.name}.{module}"):
                yield found.name


def register_handlers(app: str) -> None:
    """Import the ``handlers`` of an app's rooms: who does which job and carries out which topic.

    They are imported in every process, the worker's parent too, so they import what is heavy or must not be forked
    (polars) inside their functions.
    """
    for room in rooms_with("handlers", (app,)):
        importlib.import_module(f"{room}.handlers")

"""A web process that answers, and can be told to show what it was given."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

SHOWN = ("DATABASE_URL", "REDIS_URL", "DEMO", "EMAIL_URL", "SITE_URL")


def application(request: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """200 and the process's id; at /environment the names of what was set; at /readyz whether the worker works."""
    ready = request["PATH_INFO"] != "/readyz" or Path("var/ticks").exists()
    start("200 OK" if ready else "503 Service Unavailable", [("Content-Type", "text/plain")])
    if request["PATH_INFO"] == "/environment":
        return [" ".join(name for name in SHOWN if os.environ.get(name)).encode()]
    return [str(os.getpid()).encode()]

"""``make load``: fifty partners upload while twenty officers decide and ten managers look, at the pace of people.

usage: python -m tests.load URL

Runs as a child of the serving process, against a system of its own. ``DURATION`` (600) is how many seconds it lasts,
``PARTNERS``, ``OFFICERS`` and ``MANAGERS`` how many there are. In the end every acknowledgement is held against what is
there (``tests.hostile.faults.journal``); prints requests, errors and times by role, also written to ``var/load.json``,
and ends with 1 if there was an error or something was lost. Times are told and not judged: other programs may run.
"""

import json
import logging
import os
import sys
import tempfile
from pathlib import Path

import django

PROFILE = "load"


def main(url: str) -> int:
    """The whole of it; 1 if anything went wrong."""
    from backend.embedded import environment

    # The tests' classes read the environment as they are loaded, so it stands before them.
    os.environ |= environment(PROFILE)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
    django.setup()
    logging.getLogger("httpx").setLevel(logging.WARNING)
    from tests.load import crowd, figures

    seconds = float(os.environ.get("DURATION", "600"))
    many = {name: int(os.environ.get(name.upper(), most)) for name, most in crowd.MANY.items()}
    with tempfile.TemporaryDirectory(prefix="shugu-load-") as folder:
        people = crowd.Crowd(crowd.Served(url, Path(folder)), **many)
        print(f"{many} at work for {seconds:.0f} s …", flush=True)
        people.work(seconds)
        print("Comparing what was acknowledged with what is there …", flush=True)
        balance = people.book.balance()
    told = figures.of(people.book.took, seconds)
    figures.show(told, balance)
    kept = {"many": many, "seconds": seconds, "roles": told, "acknowledged": balance.acknowledged}
    path = Path("var") / "load.json"
    path.write_text(json.dumps(kept | {"survived": balance.survived}, ensure_ascii=False, indent=1) + "\n")
    return 1 if any(role["errors"] for role in told.values()) or people.failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

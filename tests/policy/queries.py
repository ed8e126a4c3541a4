"""A ratchet on what a page costs: how many queries each page asks for each role that may open it.

The recorded numbers are in ``queries.json``. A page that asks more fails; so does one that asks fewer, until that is
written down: ``RENEW=1 make test TESTS=tests/policy/test_pages.py``. Every statement counts, savepoints included.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

KEPT = Path(__file__).parent / "pages" / "queries.json"
RENEWED_BY = "RENEW=1 make test TESTS=tests/policy/test_pages.py"
Costs = Mapping[str, Mapping[str, int]]
"""By page, as the table writes it, and actor."""


class Counter:
    """Counts what goes to the database, for ``connection.execute_wrapper``."""

    def __init__(self) -> None:
        self.queries = 0

    def __call__(self, execute: Callable[..., Any], *told: Any) -> Any:
        self.queries += 1
        return execute(*told)


def complaints(found: Costs) -> list[str]:
    """What differs from the record, which is written anew instead where ``RENEW=1`` asks for that."""
    if os.environ.get("RENEW") == "1":
        KEPT.write_text(_written(found), "utf-8")
    return list(_differences(json.loads(KEPT.read_text("utf-8")), found))


def _differences(kept: Costs, found: Costs) -> Iterator[str]:
    for path, costs in found.items():
        for actor, now in costs.items():
            then = kept.get(path, {}).get(actor)
            if then is None:
                yield f"{path} as {actor}: {now} queries, and none recorded; {RENEWED_BY}"
            elif now > then:
                yield f"{path} as {actor}: {now} queries, {then} before"
            elif now < then:
                yield f"{path} as {actor}: {now} queries, fewer than the {then} recorded; keep it so: {RENEWED_BY}"
    yield from (f"{path} is recorded and gone; {RENEWED_BY}" for path in kept.keys() - found.keys())


def _written(found: Costs) -> str:
    # A line for each page, so that a change shows as the pages that changed.
    lines = [f"  {json.dumps(path)}: {json.dumps(costs)}" for path, costs in sorted(found.items())]
    return "{\n" + ",\n".join(lines) + "\n}\n"

"""Calls that meet: each in a thread and on a connection of its own."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection


def together(*calls: Callable[[], Any]) -> list[Any]:
    """The calls' results, each made in a thread of its own, all begun at one moment."""
    start = threading.Barrier(len(calls))
    results: list[Any] = [None] * len(calls)

    def make(place: int) -> None:
        try:
            start.wait()
            results[place] = calls[place]()
        finally:
            connection.close()

    threads = [threading.Thread(target=make, args=(place,)) for place in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert None not in results
    return results

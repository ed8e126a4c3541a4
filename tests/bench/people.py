"""Fifty people out of a million, through gunicorn, beside an empty reply with the raw query, and beside plain DRF."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from django.db import connection

from backend.accounts.scope import everything
from programs.roster import selectors
from programs.roster.filters import PersonFilter
from programs.roster.showing import COLUMNS
from tests.bench.figures import Figure, Figures, median_seconds, seconds
from tests.bench.served import Caller, Served
from tests.factories import OfficerFactory
from tests.support.crowds import fill_roster
from tests.support.databases import ROOT, address, admin_url
from tests.support.workers import wait_for

SIZE = 1_000_000
CALLS = 200
FILTERS: dict[str, dict[str, str]] = {
    "the latest": {},
    "a pair that many fit": {"target": "all", "gender": "1"},
    "a pair that few fit": {"target": "high-end", "district": "520123"},
    "a pair of old days": {"programme": "PROG-0-1", "target": "all"},
    "a pair that nobody fits": {"programme": "PROG-12-4", "path": "trained"},
    "a name by pinyin": {"q": "zhangwei"},
}


def measure(full: bool) -> Figures:
    """The figures of finding people."""
    filled = seconds(lambda: fill_roster(SIZE))
    officer = OfficerFactory()
    figures: Figures = {f"people: a roster of {SIZE:,} filled, index and all": Figure(filled, "s")}
    with Served() as served, _plain() as plain:
        caller = Caller(served.door, officer)
        empty = _median(lambda: plain.get("/empty/").raise_for_status())
        peer = _median(lambda: plain.get("/people/").raise_for_status(), 20)
        for name, given in FILTERS.items():
            value = _median(lambda given=given: caller.get("people/", **given))  # type: ignore[misc]
            raw = _raw(officer, given)
            figures[f"people: 50 of {SIZE:,}, {name}"] = Figure(
                value * 1000, "ms", (empty + raw) * 1000, peer * 1000 if not given else None
            )
        caller.close()
    return figures


def _raw(officer: Any, given: dict[str, str]) -> float:
    """How long the database takes for the very statement of a page."""
    from django.http import QueryDict

    from backend.lists import keyset
    from backend.lists.filters import filtered

    data = QueryDict(mutable=True)
    data.update(given)
    request: Any = type("Request", (), {"user": officer})()
    with everything():
        from django.test.utils import CaptureQueriesContext

        rows: Any = filtered(PersonFilter, data, selectors.entries(officer), request)
        ordering = ("-rank", "-person_id") if "q" in given else ("-person_id",)
        columns = [*COLUMNS.values(), *(("rank",) if "q" in given else ())]
        rows = (rows.ranked() if "q" in given else rows).values(*columns)
        with CaptureQueriesContext(connection) as caught:
            keyset.page(rows, name="x", ordering=ordering, limit=50)
        statement = caught.captured_queries[-1]["sql"]
        with connection.cursor() as cursor:

            def ask() -> None:
                cursor.execute(statement)
                cursor.fetchall()

            return median_seconds(ask, 50)


def _median(call: Callable[[], object], times: int = CALLS) -> float:
    for _ in range(max(3, times // 10)):
        call()
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        call()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


@contextmanager
def _plain() -> Iterator[httpx.Client]:
    """The usual way, served alike; it meets no wall and asks nobody who they are."""
    database = admin_url().rsplit("/", 1)[0] + "/" + address("default").rsplit("/", 1)[1]
    environment = {**os.environ, "DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "tests.bench.plain.settings"}
    place = "127.0.0.1:18467"
    command = [sys.executable, "-m", "gunicorn", "django.core.wsgi:get_wsgi_application()", "--bind", place]
    command += ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--no-control-socket"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with httpx.Client(base_url=f"http://{place}", headers={"Host": "localhost"}, timeout=60) as client:
            wait_for(lambda: _answers(client), 60, "plain DRF to be served")
            yield client
    finally:
        process.terminate()
        process.wait(30)


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("/empty/").status_code == 200
    except httpx.TransportError:
        return False

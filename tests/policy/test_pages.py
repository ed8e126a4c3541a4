"""The tables of ``tests.policy.pages``, executed, and held to be whole."""

import copy
import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from backend.accounts.models import User
from backend.accounts.sessions import store
from backend.reference import selectors
from tests.policy.pages import BODIES, HEADING, TABLE
from tests.policy.queries import Counter, complaints
from tests.policy.test_table import OPEN, STRANGERS, _modules_that_scope, filled
from tests.policy.world import ACTORS, World

pytestmark = pytest.mark.django_db
OPEN_TO_ALL = ("calendar/{secret}.ics",)
"""Whoever knows the address may read it."""
ELSEWHERE = ("api", "healthz", "readyz", "metrics", "static/")
NAMED = (
    r"\{\w+\}|(?<=targets/)(?:all|high-end)(?=/)|(?<=rows/)\d+(?=/)|(?<=suppressed/)\d+(?=/)|(?<=passkeys/)\d+(?=/)"
    r"|(?<=gap/)awaiting_review(?=/)|(?<=acts/)(?:rename|nest|merge|close)(?=/)"
)


def rows() -> list[tuple[str, str, list[int]]]:
    """The tables' lines: method, path, and the status for each actor."""
    assert tuple(HEADING.split()) == ACTORS
    lines = [line.split() for line in TABLE.strip().splitlines() if line.strip()]
    return [(method, path, [int(status) for status in statuses]) for method, path, *statuses in lines]


@pytest.fixture
def world(db: None, run_jobs: Callable[[], int]) -> World:
    return World(run_jobs)


def client_of(user: User | None) -> Client:
    client = Client(headers={"accept-language": "en"})
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def call(world: World, client: Client, method: str, path: str) -> Any:
    address = "/" + path.format(**world.ids).lstrip("/")
    return getattr(client, method.lower())(address, filled(BODIES.get((method, path)), world.ids) or {})


def answers(world: World, signed_in: Mapping[str, Client], method: str, path: str) -> Iterator[tuple[int, int, Any]]:
    """What each actor gets, and after how many queries; whatever a call changes is undone before the next, on the
    actor's side too."""
    for actor in ACTORS:
        client = signed_in[actor]
        before = copy.deepcopy(client.cookies)
        with transaction.atomic():
            asked = Counter()
            with connection.execute_wrapper(asked):
                answer = call(world, client, method, path)
            # To the sign-in all the same, and what was sent goes along.
            yield 303 if answer.status_code == 307 else answer.status_code, asked.queries, answer
            transaction.set_rollback(True)
        client.cookies = before


def test_every_role_gets_what_the_table_says_for_no_more_queries(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    # The code tables are looked after once a second, whichever page comes then: that is no page's own.
    selectors.tables()
    selectors.holidays()
    monkeypatch.setattr(selectors, "FRESH_SECONDS", float("inf"))
    # Nor is it any page's own that a session is noted as used, once a minute.
    monkeypatch.setattr(store, "SEEN_EVERY", dt.timedelta(days=1))
    signed_in = {actor: client_of(world.users[actor]) for actor in ACTORS}
    differences = []
    costs: dict[str, dict[str, int]] = {}
    for method, path, wanted in rows():
        got = answers(world, signed_in, method, path)
        for actor, (now, queries, answer), then in zip(ACTORS, got, wanted, strict=True):
            if actor in STRANGERS and path not in OPEN_TO_ALL:
                differences += [f"{method} {path} as {actor}: {hit}" for hit in world.marks_in(answer)]
            if now != then:
                differences.append(f"{method} {path} as {actor}: {now}, not {then}")
            elif method == "GET" and now == 200:
                costs.setdefault(path, {})[actor] = queries
    assert differences == []
    assert complaints(costs) == []


def test_every_page_and_method_has_a_row() -> None:
    stated = {(method, re.sub(NAMED, "<>", path.lstrip("/"))) for method, path, _wanted in rows()}
    there = set(_routes(get_resolver().url_patterns))
    assert there - stated == set(), "new pages need a row in tests/policy/pages/"
    # A POST stands in the table wherever it is worth a row; a page's own GET always must.
    assert {row for row in stated if row[0] == "GET"} - there == set(), "the tables name pages that are gone"


def test_without_the_first_wall_the_second_still_shows_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mutant of every selector at once: a page about another organisation's thing is still not there."""
    for module in _modules_that_scope():
        monkeypatch.setattr(module, "visible", lambda queryset, actor, field="organisation": queryset)
    other, tried, leaks = client_of(world.users["other"]), 0, []
    for method, path, wanted in rows():
        if any(name in path for name in OPEN):
            continue
        if method == "GET" and "{" in path and wanted[ACTORS.index("other")] == 404:
            tried += 1
            status = call(world, other, method, path).status_code
            if status != 404:
                leaks.append(f"{path}: {status}")
    assert leaks == []
    assert tried, "no page about one thing was tried"


def _routes(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[tuple[str, str]]:
    for one in patterns:
        path = before + str(one.pattern).removeprefix("^")
        if path.startswith(ELSEWHERE):
            continue
        if isinstance(one, URLResolver):
            yield from _routes(one.url_patterns, path)
            continue
        view: Any = getattr(one.callback, "view_class", None)
        methods = ["get"] if view is None else [name for name in ("get", "post") if hasattr(view, name)]
        for method in methods:
            if view is None or method in view.http_method_names:
                yield method.upper(), re.sub(r"<[^>]+>", "<>", path)

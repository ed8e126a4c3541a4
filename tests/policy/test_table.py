"""The table of ``table.py``, executed, and held to be whole."""

import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver

from backend.accounts import scope
from tests.policy.table import BODIES, TABLE
from tests.policy.world import ACTORS, World

pytestmark = pytest.mark.django_db
IDS = {
    "organisation": "code",
    "programme": "code",
    "cohort": "code",
    "campaign": "code",
    "period": "code",
    "user": "username",
    "rule": "code",
}


def rows() -> list[tuple[str, str, list[int]]]:
    """The table's lines: method, path, and the status for each actor."""
    heading, *lines = [line.split() for line in TABLE.strip().splitlines()]
    assert tuple(heading) == ACTORS
    return [(method, path, [int(status) for status in statuses]) for method, path, *statuses in lines]


def filled(body: Any, ids: dict[str, Any]) -> Any:
    """A body with the ids of what the partner owns."""
    if isinstance(body, dict):
        return {name: filled(value, ids) for name, value in body.items()}
    if isinstance(body, list):
        return [filled(value, ids) for value in body]
    if isinstance(body, str) and body.startswith("{"):
        return ids[body.strip("{}")]
    return body


@pytest.fixture
def world(db: None, run_jobs: Callable[[], int]) -> World:
    return World(run_jobs)


def answers(world: World, method: str, path: str) -> Iterator[tuple[str, Any]]:
    """Each actor, and what they get; whatever a call changes is undone before the next."""
    for actor in ACTORS:
        with transaction.atomic():
            yield actor, world.call(actor, method, path, filled(BODIES.get((method, path)), world.ids))
            transaction.set_rollback(True)


def test_every_role_gets_what_the_table_says_and_nothing_of_the_partners_marks(world: World) -> None:
    differences = []
    for method, path, wanted in rows():
        for (actor, answer), then in zip(answers(world, method, path), wanted, strict=True):
            if answer.status_code != then:
                differences.append(f"{method} {path} as {actor}: {answer.status_code}, not {then}")
            if actor in STRANGERS:
                differences += [f"{method} {path} as {actor}: {hit}" for hit in world.marks_in(answer)]
            if actor == "partner" and (method, path) in SHOWN:
                differences += [f"{path}: no mark in the partner's own"] * (not world.marks_in(answer, sent=()))
    assert differences == []


STRANGERS = ("anonymous", "other")
"""To whom nothing of the partner's may show."""
SHOWN = [
    ("GET", "records/"),
    ("GET", "people/"),
    ("GET", "candidates/"),
    ("GET", "submissions/{submission}/report.xlsx"),
]
"""Where the partner's own answers must show it: a search that finds nothing anywhere searches badly."""


def test_no_download_of_a_stranger_holds_the_partners_marks(world: World) -> None:
    leaks, tried = [], 0
    for path in lists(world):
        asked = filled(BODIES.get(("GET", path)), world.ids) or {}
        if "{" in path or world.call("other", "GET", path, asked).status_code != 200:
            continue
        for told in ({"format": "csv"}, {"format": "xlsx"}, {"count": "exact", "limit": "1"}):
            tried += 1
            leaks += [f"{path} {told}: {hit}" for hit in world.marks_in(world.call("other", "GET", path, asked | told))]
    assert leaks == []
    assert tried > 60


def test_every_route_and_method_has_a_row() -> None:
    stated = {(method, _shape(path)) for method, path, _wanted in rows()}
    there = set(_routes(get_resolver().url_patterns))
    assert there - stated == set(), "new addresses need a row in tests/policy/table.py"
    assert stated - there == set(), "the table names addresses that are gone"


def _shape(path: str) -> str:
    path = re.sub(
        r"\{\w+\}|(?<=rows/)\d+|(?<=problems/)conflict|digital-valley-2020|(?<=gap/)awaiting_review", "<>", path
    )
    return path.replace("targets/all/", "targets/<>/")


def _routes(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[tuple[str, str]]:
    for one in patterns:
        path = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _routes(one.url_patterns, path)
        elif path.startswith("api/v1/"):
            view: Any = getattr(one.callback, "view_class", None) or getattr(one.callback, "cls", None)
            for method in ("get", "post", "put", "patch", "delete"):
                if hasattr(view, method) and method in getattr(view, "http_method_names", [method]):
                    yield method.upper(), re.sub(r"<[^>]+>", "<>", path.removeprefix("api/v1/"))


def test_every_list_refuses_what_it_does_not_know_and_downloads(world: World) -> None:
    found = lists(world)
    assert len(found) > 15
    for path in found:
        actor = "admin" if path in ADMINS else "officer"
        asked = filled(BODIES.get(("GET", path)), world.ids) or {}
        for bad in ({"no_such_filter": "1"}, {"limit": "501"}, {"limit": "0"}, {"cursor": "nonsense"}):
            answer = world.call(actor, "GET", path, asked | bad)
            assert answer.status_code == 400, (path, bad)
            assert answer["Content-Type"] == "application/problem+json"
        for form in ("csv", "xlsx"):
            answer = world.call(actor, "GET", path, asked | {"format": form})
            assert answer.status_code == 200, (path, form)
            assert answer["Content-Disposition"].startswith("attachment"), path
        counted = world.call(actor, "GET", path, asked | {"count": "exact", "limit": "1"}).json()
        assert isinstance(counted["count"], int), path


ADMINS = ("users/", "audit/", "endpoints/")


def lists(world: World) -> list[str]:
    """The addresses of the table that are lists."""
    return [path for method, path, _wanted in rows() if method == "GET" and _is_list(world, path)]


def _is_list(world: World, path: str) -> bool:
    actor = "admin" if path in ADMINS else "officer"
    answer = world.call(actor, "GET", path, filled(BODIES.get(("GET", path)), world.ids))
    body = answer.json() if "json" in answer["Content-Type"] else {}
    return isinstance(body, dict) and {"next", "previous", "results"} <= set(body)


def test_without_the_first_wall_the_second_still_shows_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mutant of every selector at once: the scope in the queryset is gone, row security remains."""
    owned = {str(world.ids[name]) for name in ("submission", "record", "person", "job", "candidate")}
    for module in _modules_that_scope():
        monkeypatch.setattr(module, "visible", lambda queryset, actor, field="organisation": queryset)
    leaks = []
    for method, path, wanted in rows():
        if method != "GET" or wanted[ACTORS.index("partner")] != 200 or path.startswith(("schema", "docs", "problems")):
            continue
        answer = world.call("other", "GET", path, filled(BODIES.get((method, path)), world.ids))
        if "{" in path and not any(name in path for name in OPEN):
            if answer.status_code != 404:
                leaks.append(f"{path}: {answer.status_code}")
        elif "json" in answer["Content-Type"] and path.split("/")[0] in SCOPED:
            found = {str(row.get("id")) for row in answer.json()["results"]}
            if found & owned:
                leaks.append(f"{path}: {found & owned}")
    assert leaks == []


# Organisations, users, periods, years and rules are no organisation's own: the first wall alone stands before them. A
# sample is made for whoever asks.
OPEN = ("{organisation}", "{period}", "{rule}", "{year}", "{sample}")
SCOPED = ("jobs", "people", "credentials", "submissions", "records", "overrides", "positions", "candidates")


def _modules_that_scope() -> list[Any]:
    """Wherever the first wall goes by its name."""
    return [module for module in list(sys.modules.values()) if getattr(module, "visible", None) is scope.visible]

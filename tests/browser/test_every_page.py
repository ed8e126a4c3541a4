"""No page keeps anybody out: every page of the policy's tables, for every role, in both languages, light and dark, by
axe against WCAG 2.2 AA. The whole of it takes its time (``make soak``); beside the other tests goes every ninth page.
"""

from collections.abc import Callable, Iterator

import pytest
from django.test.utils import override_settings
from playwright.sync_api import Error

from tests.browser.conftest import Visitor
from tests.policy.test_pages import rows
from tests.policy.world import ACTORS, World
from tests.support.sites import serving
from tests.support.work import run_jobs

Visit = Callable[..., Visitor]
ROLES = ("partner", "officer", "manager", "admin")
LANGUAGES = ("zh-hans", "en")
LIGHTS = ("light", "dark")
EVERY = 9
WIDTHS = (1280, 390)
PATIENCE = 60_000


@pytest.fixture(scope="module")
def server(shared_database: str) -> Iterator[str]:
    """The site, once for all of these tests: they only look."""
    with serving() as url, override_settings(ALLOWED_HOSTS=["127.0.0.1", "testserver"]):
        yield url


@pytest.fixture(scope="module")
def world(server: str) -> World:
    return World(run_jobs)


@pytest.mark.parametrize("role", ROLES)
def test_some_pages_of_each_desk(role: str, world: World, visit: Visit) -> None:
    # Another start for each role: what many may open is looked at as somebody.
    some = [path for path in pages(role) if path == "/"] + pages(role)[ROLES.index(role) :: EVERY]
    look(role, some, world, visit)


@pytest.mark.soak
@pytest.mark.parametrize("role", ROLES)
def test_every_page(role: str, world: World, visit: Visit) -> None:
    look(role, pages(role), world, visit)


def pages(role: str) -> list[str]:
    """The pages that a role may open."""
    place = ACTORS.index(role)
    return [path for method, path, wanted in rows() if method == "GET" and wanted[place] == 200]


def look(role: str, paths: list[str], world: World, visit: Visit) -> None:
    """Opens pages one after the other, in each language, and has them looked at in either light by turns."""
    wrong = []
    for number, language in enumerate(LANGUAGES):
        visitor = visit(world.users[role], language)
        visitor.page.emulate_media(reduced_motion="reduce")
        visitor.page.set_default_navigation_timeout(PATIENCE)
        wrong += list(_wrong(visitor, paths, world, number))
    assert not wrong, "\n\n".join(wrong)


def _wrong(visitor: Visitor, paths: list[str], world: World, first: int) -> Iterator[str]:
    for number, path in enumerate(paths, first):
        visitor.page.emulate_media(color_scheme=LIGHTS[number % 2])  # type: ignore[arg-type]
        visitor.page.set_viewport_size({"width": WIDTHS[number // 2 % 2], "height": 900})
        try:
            answer = visitor.page.goto(visitor.base + "/" + path.format(**world.ids).lstrip("/"))
        except Error as error:
            if "Download is starting" in str(error):
                continue
            raise
        assert answer is not None
        if answer.headers.get("content-type", "").startswith("text/html"):
            try:
                visitor.accessible()
            except AssertionError as found:
                yield f"{path}, {visitor.page.viewport_size}, {LIGHTS[number % 2]}: {found}"

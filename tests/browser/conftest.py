"""A real browser on the real system: Chromium, the site over HTTP, a worker, on a database of the test's own.

``site`` is the running system; ``visit(user)`` signs in by the page and gives a ``Visitor``. Whatever a visitor does is
watched: an error in the console, an answer of the 5xx kind, anything refused by the content policy and any request that
leaves this machine fail the test.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Response, sync_playwright

from backend.accounts.models import User
from backend.accounts.sessions.models import UserSession
from tests.factories.backend import PASSWORD
from tests.support.factors import code_of
from tests.support.workers import Worker

# Playwright's loop runs in the test's own thread, where Django would take every query for a mistake.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

NAMES = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
]
PICTURES = Path(__file__).resolve().parents[2] / "var" / "pictures"
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
RULES = {"runOnly": {"type": "tag", "values": [*WCAG, "best-practice"]}, "resultTypes": ["violations"]}
IMPACTS = {"serious", "critical"}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The machine's Chromium; where there is none, browser tests are left out, visibly."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("no Chromium on this machine (apt install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def site(server: str, worker: Callable[..., Worker]) -> str:
    """The running system's address: web and a worker with beat."""
    worker()
    return server


@dataclass
class Visitor:
    """Somebody in front of the pages. ``page`` is Playwright's."""

    page: Page
    base: str
    troubles: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        """Open one of the site's pages."""
        self.page.goto(self.base + path)
        return self.page

    def picture(self, name: str) -> Path:
        """Keep what is seen, under ``var/pictures/``."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        path = PICTURES / f"{name}.png"
        self.page.screenshot(path=path, full_page=True)
        # Taking it leaves empty styles on the fields, which htmx would carry over and the content policy refuse.
        self.page.evaluate("document.querySelectorAll('[style=\"\"]').forEach((one) => one.removeAttribute('style'))")
        return path

    def accessible(self) -> None:
        """Fail for what keeps somebody from using the page: whatever axe finds against WCAG 2.2 AA, and what of its
        other advice is serious or critical."""
        found = Axe().run(self.page, options=RULES).response["violations"]
        told = [
            f"{one['id']} ({one['impact']}): {node['html'][:200]}"
            for one in found
            if one["impact"] in IMPACTS or set(one["tags"]) & set(WCAG)
            for node in one["nodes"]
        ]
        assert not told, "\n".join([self.page.url, *told])

    def in_both_lights(self) -> None:
        """``accessible``, light and dark as the system may say."""
        for light in ("dark", "light"):
            # Without motion: a colour that is still fading from one to the other would be measured half-way.
            self.page.emulate_media(color_scheme=light, reduced_motion="reduce")
            self.page.wait_for_function("light => document.documentElement.dataset.bsTheme === light", arg=light)
            self.accessible()

    def sign_out_behind(self) -> None:
        """End every session on the server, as time does, without the page knowing."""
        UserSession.objects.all().delete()

    def watch(self) -> None:
        """Note everything that no page of ours may do."""
        page = self.page
        page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        page.on("console", lambda said: self._console(said.type, said.text))
        page.on("response", self._response)
        page.on("request", lambda request: self._request(request.url))

    def _console(self, kind: str, text: str) -> None:
        # That a resource answered 4xx is told by the test that asked for it.
        if kind == "error" and "status of 4" not in text and "Status Error Code 4" not in text:
            self.troubles.append(f"console: {text}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.troubles.append(f"{response.status}: {response.url}")

    def _request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and parts.netloc != urlsplit(self.base).netloc:
            self.troubles.append(f"leaves the machine: {url}")


@pytest.fixture
def visit(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Visitor]]:
    """``visit(user, language="zh-hans", width=1280)``: signs in by the page, and is on the user's desk then.

    Without a user nobody has signed in yet.
    """
    base = request.getfixturevalue("site" if "site" in request.fixturenames else "server")
    contexts: list[Any] = []
    visitors: list[Visitor] = []

    def begin(
        user: User | None = None, language: str = "zh-hans", width: int = 1280, host: str = "127.0.0.1"
    ) -> Visitor:
        locale = "zh-CN" if language.startswith("zh") else "en-GB"
        context = chromium.new_context(viewport={"width": width, "height": 900}, locale=locale)
        context.set_default_timeout(45_000)
        contexts.append(context)
        visitor = Visitor(context.new_page(), base.replace("127.0.0.1", host))
        visitors.append(visitor)
        visitor.watch()
        page = visitor.go("/sign-in/")
        if user is not None:
            if user.sees_everything:
                code_of(user)
            page.fill("[name=username]", user.username)
            page.fill("[name=password]", PASSWORD)
            page.click("button.btn-primary")
            if user.sees_everything:
                page.fill("[name=otp]", code_of(user))
                page.click("button.btn-primary")
            page.wait_for_url(visitor.base + "/")
            if page.evaluate("document.documentElement.lang") != language:
                page.click(f"button[name=language][value={language}]")
                page.wait_for_function("wanted => document.documentElement.lang === wanted", arg=language)
        return visitor

    yield begin
    for context in contexts:
        context.close()
    for visitor in visitors:
        assert visitor.troubles == []

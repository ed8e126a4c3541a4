"""Each desk's first page: how long the server takes for it with many people in the books, beside a page of the same
frame that asks for nothing of its own, and what it weighs with all that it needs, as a browser fetches it.

A hundred thousand people; ten million entries with ``FULL=1`` (``ENTRIES=2000000`` for fewer), posted over three years,
with nothing left to be worked out behind."""

import datetime as dt
import os
import shutil
import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpx
from django.core.management import call_command
from django.db import connection, connections
from playwright.sync_api import Browser, Request, sync_playwright

from backend.accounts.models import Organisation, User
from backend.accounts.scope import everything
from programs.periods.expected import expect_obligations
from programs.retention import laying_out
from programs.targets.gap_models import GapMark
from programs.targets.milestones import set_milestones
from programs.targets.models import LedgerEntry
from programs.targets.services import settle
from talent.people.models import RosterMark
from tests.bench import crowds
from tests.bench.figures import KEPT, Figure, Figures, keep, seconds
from tests.bench.served import Served
from tests.factories import AdminFactory, ManagerFactory, OfficerFactory, PartnerFactory, PeriodFactory
from tests.factories.backend import PASSWORD
from tests.support.factors import code_of

PEOPLE = 100_000
FULL_ENTRIES = int(os.environ.get("ENTRIES", "10000000"))
AT_ONCE = 100_000
YEARS = 3
CALLS = 100
PERCENTILE = 95
NAMES = ("chromium", "chromium-browser", "google-chrome")
FRAME = "/account/"
"""The floor: a page of the same frame, of which nothing of its own is asked."""

_AWAITING = "UPDATE record SET state = 'submitted' WHERE id %% 10 = 0 AND state = 'verified' AND id > %s"


def measure(full: bool) -> Figures:
    """The figures of the desks; ``full`` adds ten million entries."""
    call_command("collectstatic", verbosity=0, interactive=False)
    submission = crowds.places()
    readers = _readers()
    figures: Figures = {}
    _fill(PEOPLE, submission)
    with Served() as served:
        figures |= _weights(served.door, readers)
        figures |= _times(served.door, readers, f"{PEOPLE:,} people")
        keep(figures, KEPT)
    if full:
        while (entries := _entries()) < FULL_ENTRIES:
            _let_pass(dt.timedelta(days=365 * YEARS * entries / FULL_ENTRIES))
            _fill(AT_ONCE, submission)
        with Served() as served:
            figures |= _times(served.door, readers, f"{_entries():,} entries")
    return figures


def _readers() -> dict[str, User]:
    partner = Organisation.objects.get(code="BENCH-0")
    PeriodFactory()
    expect_obligations()
    return {
        "partner": PartnerFactory(organisation=partner),
        "officer": OfficerFactory(),
        "manager": ManagerFactory(),
        "admin": AdminFactory(),
    }


def _fill(people: int, submission: int) -> None:
    """So many people more, of whom one in ten awaits review; nothing is left to be worked out behind."""
    with everything(), connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM record")
        [last] = cursor.fetchone() or [0]
        crowds.people(people, submission, leaving=True)
        cursor.execute(_AWAITING, [last])
    settle(wait=True)
    set_milestones(seconds=3600)
    laying_out.lay_out(seconds=3600)
    with everything():
        GapMark.objects.all().delete()
        RosterMark.objects.all().delete()
    crowds.analyse()


def _let_pass(time: dt.timedelta) -> None:
    """Move the books' clock so far on from now."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO clock_offset (shift) VALUES (%s) ON CONFLICT (id) DO UPDATE SET shift = excluded.shift",
            [f"{time.total_seconds()} seconds"],
        )


def _entries() -> int:
    with everything():
        return LedgerEntry.objects.count()


def _times(door: str, readers: dict[str, User], told: str) -> Figures:
    """Milliseconds within which nearly all of many calls of each desk are answered, the empty page's beside."""
    figures: Figures = {}
    for role, user in readers.items():
        with _signed_in(door, user) as client:
            value, floor = (_slowest(lambda path=path: client.get(path).raise_for_status()) for path in ("/", FRAME))  # type: ignore[misc]
        figures[f"pages: the desk of {role}, {PERCENTILE}th percentile, {told}"] = Figure(value, "ms", floor)
    return figures


def _slowest(call: Callable[[], object]) -> float:
    for _ in range(8):
        call()
    return 1000 * statistics.quantiles((seconds(call) for _ in range(CALLS)), n=100)[PERCENTILE - 1]


@contextmanager
def _signed_in(door: str, user: User) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=door, timeout=60) as client:
        form = client.get("/sign-in/").text
        token = form.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
        sent = {"csrfmiddlewaretoken": token, "username": user.username, "password": PASSWORD}
        if user.sees_everything:
            otp = code_of(user)
            assert client.post("/sign-in/", data=sent).status_code == 200
            sent = {"csrfmiddlewaretoken": token, "otp": otp}
            assert client.post("/sign-in/code/", data=sent).status_code == 303
        else:
            assert client.post("/sign-in/", data=sent).status_code == 303
        yield client


def _weights(door: str, readers: dict[str, User]) -> Figures:
    """Kilobytes of each desk as a browser without a cache fetches it, compressed as they are sent, and the requests
    that go to another host."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        return {}
    figures: Figures = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        for role, user in readers.items():
            fetched = _fetched(browser, door, user)
            charts = ", charts with it" if any("echarts" in url for url in fetched) else ""
            told = f"pages: the desk of {role} in {len(fetched)} requests{charts}"
            figures[told] = Figure(sum(fetched.values()) / 1024, "KB")
            away = sum(urlsplit(url).netloc != urlsplit(door).netloc for url in fetched)
            figures[f"pages: the desk of {role}, requests that leave the host"] = Figure(away, "")
        browser.close()
    return figures


def _fetched(browser: Browser, door: str, user: User) -> dict[str, int]:
    """What a browser fetches for the desk, each with its bytes as they were sent."""
    with _signed_in(door, user) as client:
        cookies = [{"name": name, "value": value, "url": door} for name, value in client.cookies.items()]
    context = browser.new_context()
    context.add_cookies(cookies)  # type: ignore[arg-type]
    page, requests = context.new_page(), list[Request]()
    page.on("requestfinished", lambda request: requests.append(request))
    page.goto(f"{door}/", wait_until="networkidle")
    sent = {one.url: one.sizes() for one in requests if one.url.startswith("http")}
    context.close()
    return {url: sizes["responseBodySize"] + sizes["responseHeadersSize"] for url, sizes in sent.items()}

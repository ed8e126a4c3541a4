"""Hostile test 8: the broker is down for ten minutes: uploads are accepted, pages say so, and all of it is done."""

import time
from collections.abc import Callable

import httpx
import pytest

from backend.accounts.models import User
from tests.factories import ManagerFactory, OfficerFactory
from tests.hostile.faults.journal import Journal
from tests.hostile.faults.system import System
from tests.hostile.table import Tell
from tests.support.browsing import signed_in
from tests.support.http import WITHOUT_TLS
from tests.support.workers import wait_for

pytestmark = [pytest.mark.hostile, pytest.mark.timeout(3600)]

DOWN_SECONDS = 600
BANNER = 'id="work-waits"'


def page_of(system: System, user: User) -> Callable[[], str]:
    """``page()``: the first page that a user sees, over HTTP."""
    session = signed_in(user).cookies["shugu_session"].value
    client = httpx.Client(cookies={"shugu_session": session}, timeout=60, verify=WITHOUT_TLS, follow_redirects=True)

    def page() -> str:
        answer = client.get(system.url)
        assert answer.status_code == 200, answer.text[:500]
        assert user.username in answer.text
        return answer.text

    return page


def test_08_ten_minutes_without_a_broker(system: System, journal: Callable[..., Journal], tell: Tell) -> None:
    book = journal()
    with system.connected():
        users = [book.clerks[0][0].clerk, OfficerFactory(language="zh-hans"), ManagerFactory()]
        pages = [page_of(system, user) for user in users]
    assert not any(BANNER in page() for page in pages)
    shown = 0
    with book.at_work(pause=12.0):
        wait_for(lambda: book.acknowledged() >= 2, 120, "the first uploads")
        system.kill_valkey()
        began = time.monotonic()
        for page in pages:
            wait_for(lambda: BANNER in page(), 60, "a page to say that work waits")  # noqa: B023
        before = book.acknowledged()
        while time.monotonic() - began < DOWN_SECONDS:
            time.sleep(15)
            shown += all(BANNER in page() for page in pages)
        meanwhile = book.acknowledged() - before
        system.start_valkey()
    assert meanwhile > 0
    assert shown >= DOWN_SECONDS // 60
    balance = book.balance()
    assert not balance.unanswered, "nobody who uploads needs the broker"
    for page in pages:
        wait_for(lambda: BANNER not in page(), 60, "the pages to say no more that work waits")  # noqa: B023
    tell(
        8,
        struck=f"Valkey killed, and down for {DOWN_SECONDS} s; the banner stood on all pages at {shown} looks",
        acknowledged=f"{balance.acknowledged}; {meanwhile} uploads while it was down",
        survived=f"{balance.survived}; the banner is gone",
    )

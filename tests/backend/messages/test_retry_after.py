"""Servers that say when they have time again: honoured to the second, within bounds, for all that waits for them."""

import datetime as dt
from collections.abc import Callable, Iterator
from email.utils import format_datetime
from typing import Any

import pytest

from backend.messages.outbound.posting import rest_of
from tests.backend.messages.places import State, endpoint, fate, posted
from tests.backend.messages.test_robots import says
from tests.support.receivers import Receiver, Says, receiving

RunJobs = Callable[[], int]
in_database = pytest.mark.usefixtures("db")
KINDS = ("webhook", "dingtalk", "wecom", "feishu")
DATED = "Wed, 21 Oct 2015 07:28:00 GMT"


@pytest.fixture
def server(settings: Any) -> Iterator[Receiver]:
    settings.OUTBOUND_LOOPBACK = True
    with receiving() as one:
        yield one


def busy(said: str, status: int = 429) -> Says:
    return Says(status, b"busy", {"Retry-After": said})


def taken(kind: str) -> Says:
    return Says(204) if kind == "webhook" else says(kind)


@pytest.mark.parametrize(
    ("said", "dated", "seconds"),
    [
        ("120", "", 120.0),
        (" 0 ", "", 0.0),
        ("9" * 400, "", 999_999_999.0),
        ("Wed, 21 Oct 2015 07:30:00 GMT", DATED, 120.0),
        ("Wed, 21 Oct 2015 07:00:00 GMT", DATED, 0.0),
        ("Wed, 21 Oct 2015 07:30:00 GMT", "", None),
        ("Wed, 21 Oct 2015 07:30:00", DATED, None),
        ("-5", "", None),
        ("1.5", "", None),
        ("٣", "", None),
        ("soon", DATED, None),
        ("", DATED, None),
    ],
)
def test_what_a_retry_after_says(said: str, dated: str, seconds: float | None) -> None:
    assert rest_of(said, dated) == seconds


@in_database
@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_tried_before_it_has_time_again(
    kind: str, status: int, server: Receiver, clock: Any, run_jobs: RunJobs
) -> None:
    place, _secret = endpoint(kind, server.url)
    server.answer = lambda _got: busy("1800", status)
    first = posted(place, "k1")
    run_jobs()
    posted(place, "k2")
    clock.shift(minutes=29)
    run_jobs()
    assert len(server.got) == 1, "another message was tried while the server asked for peace"
    server.answer = lambda _got: taken(kind)
    clock.shift(minutes=31)
    run_jobs()
    assert len(server.got) == 3
    assert (fate(first).state, fate(first).attempts) == (State.SENT, 2)


@in_database
def test_a_moment_by_the_servers_own_clock(server: Receiver, clock: Any, run_jobs: RunJobs) -> None:
    """The database's time is years away from the server's here, and nothing goes by it."""
    clock.shift(days=-2800)
    place, _secret = endpoint("webhook", server.url)
    server.answer = lambda _got: busy(format_datetime(dt.datetime.now(dt.UTC) + dt.timedelta(hours=2), usegmt=True))
    posted(place)
    run_jobs()
    clock.shift(days=-2800, hours=1, minutes=58)
    run_jobs()
    assert len(server.got) == 1
    clock.shift(days=-2800, hours=2, minutes=2)
    run_jobs()
    assert len(server.got) == 2


@in_database
def test_no_server_silences_itself_for_good(server: Receiver, clock: Any, run_jobs: RunJobs) -> None:
    place, _secret = endpoint("webhook", server.url)
    server.answer = lambda _got: busy("99999999999")
    posted(place)
    run_jobs()
    clock.shift(hours=7, minutes=58)
    run_jobs()
    assert len(server.got) == 1
    clock.shift(hours=8, minutes=2)
    run_jobs()
    assert len(server.got) == 2


@in_database
def test_less_than_our_own_pause_does_not_shorten_it(server: Receiver, clock: Any, run_jobs: RunJobs) -> None:
    place, _secret = endpoint("webhook", server.url)
    server.answer = lambda _got: busy("1")
    posted(place)
    run_jobs()
    clock.shift(seconds=50)
    run_jobs()
    assert len(server.got) == 1
    clock.shift(seconds=65)
    run_jobs()
    assert len(server.got) == 2


@in_database
def test_whoever_asks_for_ever_is_given_up_in_the_end(server: Receiver, clock: Any, run_jobs: RunJobs) -> None:
    place, _secret = endpoint("webhook", server.url)
    server.answer = lambda _got: busy("3600", 503)
    sent = posted(place)
    for hours in range(30):
        clock.shift(hours=hours, minutes=hours)
        run_jobs()
    assert (fate(sent).state, fate(sent).attempts, len(server.got)) == (State.FAILED, 10, 10)


@in_database
@pytest.mark.parametrize("status", [400, 500, 502])
def test_only_who_is_busy_may_ask_for_it(status: int, server: Receiver, clock: Any, run_jobs: RunJobs) -> None:
    place, _secret = endpoint("webhook", server.url)
    server.answer = lambda _got: busy("1800", status)
    posted(place)
    run_jobs()
    clock.shift(minutes=2)
    run_jobs()
    assert len(server.got) == 2

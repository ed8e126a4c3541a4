"""Pages say so while nobody is there to do what is handed in, and wait for no answer themselves."""

import time
from typing import Any

import pytest

from backend import bell
from backend.health import heartbeat, watching
from backend.health.watching import Watch
from tests.factories import OfficerFactory, PartnerFactory
from tests.support.browsing import signed_in, words
from tests.support.http import silent_port
from tests.support.workers import wait_for

EN, ZH = "Background work is waiting", "后台任务正在等待"


@pytest.fixture
def watched(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Watch:
    """The watch of a process that has just begun."""
    settings.WORK_WATCHED = True
    own = Watch()
    monkeypatch.setattr(watching, "_watch", own)
    return own


def test_a_silent_broker_is_found_behind_the_pages(watched: Watch, settings: Any) -> None:
    with silent_port() as port:
        settings.REDIS_URL = f"redis://127.0.0.1:{port}/0"
        assert not watched.work_waits(), "the first look is still under way"
        wait_for(watched.work_waits, 30, "the look to be over")


def test_a_broker_that_is_back_is_found_too(watched: Watch, settings: Any) -> None:
    url = settings.REDIS_URL
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    watched.look()
    assert watched.work_waits()
    settings.REDIS_URL = url
    watched.look()
    assert not watched.work_waits()


def test_a_worker_may_take_its_time_to_come_up_and_not_longer(watched: Watch) -> None:
    watched.look()
    assert not watched.work_waits()
    assert watched._missing_since is not None
    watched._missing_since = time.monotonic() - watching.MISSING_SECONDS - 1
    assert watched.work_waits()
    with heartbeat.client() as valkey:
        heartbeat.beat(valkey)
        watched.look()
        valkey.delete(heartbeat.key())
    assert not watched.work_waits()


@pytest.mark.django_db
def test_every_page_says_so_in_its_readers_language(watched: Watch) -> None:
    partner, officer = signed_in(PartnerFactory()), signed_in(OfficerFactory(language="zh-hans"))
    watched.look()
    for page in (partner, officer):
        assert "work-waits" not in page.get("/").content.decode()
    watched._no_broker = True
    assert EN in words(partner.get("/"))
    assert ZH in words(officer.get("/"))


@pytest.mark.django_db
def test_a_bell_that_was_not_heard_says_so_at_once(watched: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    page = signed_in(PartnerFactory())
    watched.look()
    monkeypatch.setattr(bell._bell, "_quiet_until", time.monotonic() + 30)
    assert EN in words(page.get("/"))


@pytest.mark.django_db
def test_nobody_learns_it_who_has_not_signed_in(watched: Watch, client: Any) -> None:
    watched.look()
    watched._no_broker = True
    assert EN not in words(client.get("/sign-in/", headers={"accept-language": "en"}))

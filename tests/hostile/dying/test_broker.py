"""The broker goes away while submissions are under way, and comes back with nothing in mind."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from backend import bell
from backend.celery import app
from tests.hostile.dying.books import assert_taken_once, rows_of
from tests.hostile.dying.conftest import TODAY, owing_clerk
from tests.hostile.house.clerk import Clerk
from tests.programs.reminders.world import move
from tests.support.brokers import Broker
from tests.support.partner import as_csv
from tests.support.workers import Worker

pytestmark = pytest.mark.hostile


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Broker]:
    """A broker in memory only, which both this process and its workers ring."""
    own = Broker(kept=False).start()
    monkeypatch.setattr(app.conf, "broker_url", own.url)
    monkeypatch.setattr(bell, "_bell", bell.Bell())
    yield own
    own.close()


def test_uploads_before_and_while_the_broker_is_away_are_taken_once(
    server: str, clock: Any, broker: Broker, worker: Callable[..., Worker]
) -> None:
    move(clock, TODAY)
    alive = worker()
    clerks = [owing_clerk(server, alive) for _ in range(4)]
    sent: list[tuple[Clerk, int]] = []
    for place, clerk in enumerate(clerks):
        if place == 2:
            broker.kill()
        answer = clerk.upload(as_csv(rows_of(clerk)), confirm="auto")
        assert answer.status_code == 202, answer.text
        sent.append((clerk, answer.json()["id"]))
    broker.start()
    for clerk, number in sent:
        assert_taken_once(clerk, number)

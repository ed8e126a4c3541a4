"""Hostile test 12: PostgreSQL is restarted: the same workers go on with new connections, and no task is poisoned."""

import time
from collections.abc import Callable

import pytest

from tests.hostile.faults.journal import NO_ANSWER, Journal
from tests.hostile.faults.system import System
from tests.hostile.table import Tell
from tests.support.workers import wait_for

pytestmark = [pytest.mark.hostile, pytest.mark.timeout(1800)]

AWAY_SECONDS = (0.0, 5.0, 20.0)


def test_12_the_database_is_restarted_under_working_workers(
    system: System, journal: Callable[..., Journal], tell: Tell
) -> None:
    book = journal()
    before = {name: system.pid_of(name) for name in ("web", "worker", "beat")}
    with book.at_work():
        wait_for(lambda: book.decisions() > 0, 300, "the first decisions")
        for away in AWAY_SECONDS:
            so_far = book.acknowledged()
            wait_for(lambda: book.acknowledged() >= so_far + 3, 180, "some uploads")  # noqa: B023
            system.postgres.stop()
            time.sleep(away)
            system.start_postgres()
    balance = book.balance()
    assert {name: system.pid_of(name) for name in before} == before, "nobody had to be started again"
    system.wait_until_ready()
    assert set(balance.unanswered) <= {NO_ANSWER, 503}, balance.unanswered
    tell(
        12,
        struck=f"PostgreSQL was stopped and started, away for {', '.join(f'{one:.0f}' for one in AWAY_SECONDS)} s",
        acknowledged=balance.acknowledged,
        survived=f"{balance.survived}; no job failed, no effect set aside, no process ended",
    )

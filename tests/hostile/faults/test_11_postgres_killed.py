"""Hostile test 11: kill −9 of PostgreSQL while files are on their way: each is there whole or not at all."""

import random
import time
from collections.abc import Callable

import pytest

from tests.hostile.faults.journal import NO_ANSWER, Journal
from tests.hostile.faults.system import System
from tests.hostile.table import Tell
from tests.support.workers import wait_for

pytestmark = [pytest.mark.hostile, pytest.mark.timeout(1800)]

ROUNDS = 5


def test_11_the_database_dies_under_uploads(system: System, journal: Callable[..., Journal], tell: Tell) -> None:
    book, chance, killed = journal(), random.Random(11), 0
    with book.at_work(rows=(20, 100, 300)):
        wait_for(lambda: book.decisions() > 0, 300, "the first decisions")
        for _round in range(ROUNDS):
            before = book.acknowledged()
            wait_for(lambda: book.acknowledged() >= before + 3, 180, "some uploads")  # noqa: B023
            time.sleep(chance.uniform(0, 0.5))
            killed += system.kill_postgres()
            time.sleep(chance.uniform(0.2, 2))
            system.start_postgres()
    balance = book.balance()
    assert set(balance.unanswered) <= {NO_ANSWER, 503}, balance.unanswered
    assert balance.unanswered, "no kill met a call"
    tell(
        11,
        struck=f"PostgreSQL {ROUNDS} times, {killed} processes in all, with uploads on their way",
        acknowledged=balance.acknowledged,
        survived=balance.survived,
    )

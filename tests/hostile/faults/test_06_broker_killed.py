"""Hostile test 6: kill −9 of the broker, with and without what it had written down: the books rebuild the queue."""

import time
from collections.abc import Callable

import pytest

from tests.hostile.faults.journal import Journal
from tests.hostile.faults.system import System
from tests.hostile.table import Tell
from tests.support.workers import wait_for

pytestmark = [pytest.mark.hostile, pytest.mark.timeout(1800)]

ROUNDS, MEANWHILE = 4, 6


def test_06_the_broker_dies_and_comes_back_with_and_without_its_queue(
    system: System, journal: Callable[..., Journal], tell: Tell
) -> None:
    book = journal()
    with book.at_work():
        for turn in range(ROUNDS):
            before = book.acknowledged()
            wait_for(lambda: book.acknowledged() >= before + 3, 120, "some uploads")  # noqa: B023
            system.kill_valkey()
            if turn % 2:
                system.forget_queue()
            wait_for(lambda: book.acknowledged() >= before + 3 + MEANWHILE, 120, "uploads meanwhile")  # noqa: B023
            system.start_valkey()
            time.sleep(1)
    balance = book.balance()
    assert not balance.unanswered, "nobody who uploads or decides needs the broker"
    tell(
        6,
        struck=f"Valkey {ROUNDS} times with uploads under way, every second time with its queue thrown away",
        acknowledged=balance.acknowledged,
        survived=balance.survived,
    )

"""Hostile test 7: FLUSHALL while everybody works: what the broker forgot is rung for again from the books."""

from collections.abc import Callable

import pytest

from tests.hostile.faults.journal import Journal
from tests.hostile.faults.system import System
from tests.hostile.table import Tell
from tests.support.workers import wait_for

pytestmark = [pytest.mark.hostile, pytest.mark.timeout(1800)]

ROUNDS = 10


def test_07_the_broker_forgets_everything_ten_times(
    system: System, journal: Callable[..., Journal], tell: Tell
) -> None:
    book = journal()
    forgotten = 0
    with book.at_work(), system.broker() as broker:
        for _round in range(ROUNDS):
            before = book.acknowledged()
            wait_for(lambda: book.acknowledged() >= before + 2, 120, "some uploads")  # noqa: B023
            forgotten += broker.dbsize()
            broker.flushall()
    balance = book.balance()
    assert not balance.unanswered
    tell(
        7,
        struck=f"FLUSHALL {ROUNDS} times with uploads under way; {forgotten} keys forgotten",
        acknowledged=balance.acknowledged,
        survived=balance.survived,
    )

"""Hostile test 19: each part is asked to end while everybody works, as a new release does: nothing is lost."""

from collections.abc import Callable

import pytest

from tests.hostile.faults.journal import NO_ANSWER, Journal
from tests.hostile.faults.system import PARTS, System
from tests.hostile.table import Tell
from tests.support.workers import wait_for

pytestmark = [pytest.mark.hostile, pytest.mark.timeout(1800)]

ROUNDS = 2


def test_19_whoever_is_asked_to_end_finishes_what_it_has(
    system: System, journal: Callable[..., Journal], tell: Tell
) -> None:
    book, took = journal(), dict.fromkeys(PARTS, 0.0)
    with book.at_work(rows=(20, 100, 300)):
        for name in PARTS * ROUNDS:
            before = book.acknowledged()
            wait_for(lambda: book.acknowledged() >= before + 3, 180, "some uploads")  # noqa: B023
            took[name] = max(took[name], system.terminate(name))
            system.start(name)
            system.wait_until_ready()
    balance = book.balance()
    assert set(balance.unanswered) <= {NO_ANSWER, 503}, balance.unanswered
    slowest = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in took.items())
    tell(
        19,
        struck=f"SIGTERM to each part {ROUNDS} times under load; ended within: {slowest}",
        acknowledged=balance.acknowledged,
        survived=balance.survived,
    )

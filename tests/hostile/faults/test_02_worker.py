"""Hostile test 2: kill −9 of the whole worker: what it had in hand is resumed within the visibility timeout + 30 s.

That bound is the requirement's. A job's lease of thirty seconds brings it back long before the broker would.
"""

import time
from collections.abc import Callable

import pytest

from backend.celery import app
from tests.hostile.faults.journal import TAKEN, Journal
from tests.hostile.faults.system import System
from tests.hostile.faults.test_01_pool_child import at_work
from tests.hostile.table import Tell
from tests.support.workers import wait_for

pytestmark = [pytest.mark.hostile, pytest.mark.timeout(3600)]

ROWS, ROUNDS = 2_000, 3
WITHIN = app.conf.broker_transport_options["visibility_timeout"] + 30.0


def test_02_the_whole_worker_dies_in_the_middle_of_an_import(
    system: System, journal: Callable[..., Journal], tell: Tell
) -> None:
    book = journal()
    killed, resumed = 0, []
    with book.at_work(pause=8.0):
        for turn in range(ROUNDS):
            sent = book.upload(0, ROWS)
            assert sent.number is not None
            at_work(system, sent.number)
            time.sleep(0.7 * turn)
            killed += system.kill("worker")
            began = time.monotonic()
            system.start("worker")
            wait_for(lambda: book.status(sent) in TAKEN, WITHIN, f"the import; {system.log('worker')}")  # noqa: B023
            resumed.append(time.monotonic() - began)
    balance = book.balance()
    assert max(resumed) <= WITHIN
    seconds = ", ".join(f"{one:.0f}" for one in resumed)
    tell(
        2,
        struck=f"{ROUNDS} workers ({killed} processes) mid-import; done {seconds} s later (allowed {WITHIN:.0f})",
        acknowledged=balance.acknowledged,
        survived=balance.survived,
    )

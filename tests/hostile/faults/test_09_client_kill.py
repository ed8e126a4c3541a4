"""Hostile test 9: every line to the broker is killed twenty-five times: within 60 s of the last the worker consumes.

The sixty seconds are the requirement's.
"""

import time
from collections.abc import Callable

import pytest

from backend.accounts import scope
from backend.jobs.models import Job
from tests.hostile.faults.journal import Journal
from tests.hostile.faults.system import System
from tests.hostile.table import Tell
from tests.support.workers import wait_for

pytestmark = [pytest.mark.hostile, pytest.mark.timeout(1800)]

ROUNDS, WITHIN = 25, 60.0


def test_09_every_line_to_the_broker_is_cut_twenty_five_times(
    system: System, journal: Callable[..., Journal], tell: Tell
) -> None:
    book = journal()
    worker, cut = system.pid_of("worker"), 0
    with book.at_work(pause=0.5), system.broker() as broker:
        for _round in range(ROUNDS):
            cut += sum(broker.client_kill_filter(_type=kind, skipme=True) for kind in ("normal", "pubsub"))
            time.sleep(0.4)
    began = time.monotonic()
    sent = book.upload()

    def begun() -> bool:
        with scope.everything():
            return Job.objects.filter(subject_id=sent.number, fence__gt=0).exists()

    with system.connected():
        wait_for(begun, WITHIN, f"the worker to consume again; {system.log('worker')}")
    took = time.monotonic() - began
    balance = book.balance()
    assert system.pid_of("worker") == worker
    assert cut >= ROUNDS
    assert not balance.unanswered
    tell(
        9,
        struck=f"{cut} connections to Valkey in {ROUNDS} rounds of CLIENT KILL; consuming {took:.1f} s after the last",
        acknowledged=balance.acknowledged,
        survived=balance.survived,
    )

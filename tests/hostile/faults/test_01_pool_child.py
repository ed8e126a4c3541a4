"""Hostile test 1: kill −9 of a pool child in the middle of an import: it is resumed, and the counts equal the file."""

import time
from collections.abc import Callable
from contextlib import suppress

import psutil
import pytest

from backend.accounts import scope
from backend.jobs.models import Job
from tests.hostile.faults.journal import PATIENCE, Journal
from tests.hostile.faults.system import System
from tests.hostile.table import Tell
from tests.support.workers import wait_for

pytestmark = [pytest.mark.hostile, pytest.mark.timeout(1800)]

ROWS, ROUNDS = 3_000, 4
PAUSES = (0.0, 0.6, 1.2, 2.0)
"""Seconds between a child that has begun and its death: while it reads, checks, or takes the rows."""


def at_work(system: System, number: int) -> list[psutil.Process]:
    """The pool's children, once one of them has the import's job in hand."""

    def begun() -> bool:
        with scope.everything():
            return Job.objects.filter(subject_id=number, state="running").exists()

    with system.connected():
        wait_for(begun, PATIENCE, f"the import to be begun; {system.log('worker')}")
    return system.children_of("worker")


def test_01_a_child_that_dies_in_the_middle_of_an_import(
    system: System, journal: Callable[..., Journal], tell: Tell
) -> None:
    book = journal(clerks=ROUNDS, officers=1)
    killed = 0
    sent = []
    for place, pause in enumerate(PAUSES):
        upload = book.upload(place, ROWS)
        assert upload.number is not None
        children = at_work(system, upload.number)
        time.sleep(pause)
        for child in children:
            with suppress(psutil.NoSuchProcess):
                child.kill()
                killed += 1
        sent.append(upload.number)
    balance = book.balance()
    with system.connected(), scope.everything():
        jobs = Job.objects.filter(subject_id__in=sent, kind="submission.check")
        begun = list(jobs.values_list("fence", flat=True))
    assert max(begun) > 1, "no kill met an import"
    assert balance.uploads == ROUNDS
    tell(
        1,
        struck=f"{killed} pool children, in the middle of {ROUNDS} imports of {ROWS} rows, begun {begun} times",
        acknowledged=balance.acknowledged,
        survived=balance.survived,
    )

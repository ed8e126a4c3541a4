"""Jobs that nobody waits for: they let others go first, and are done one at a time."""

import threading
from collections.abc import Callable

from django.db import connections

from backend import locks
from backend.jobs import behind, lease, services
from tests.backend.jobs.test_jobs import now, queued
from tests.conftest import Clock


def test_a_job_that_stands_behind_others_lets_them_go_first(db: None, run_jobs: Callable[[], int]) -> None:
    patient, first = queued("test.behind"), queued("test.quick")
    assert not services.run(patient.pk)
    assert (now(patient).state, now(patient).fence) == ("queued", 0), "giving way is no try"
    assert now(patient).rung_at is None, "rung for at the next look"
    assert services.run(first.pk)
    assert services.run(patient.pk)
    assert now(patient).state == "done"


def test_one_at_a_time_works_behind_the_rest(fresh_database: str) -> None:
    patient, held, done = queued("test.behind"), threading.Event(), threading.Event()

    def work() -> None:
        with locks.alone(behind.TURN) as mine:
            assert mine
            held.set()
            done.wait(30)
        connections.close_all()

    other = threading.Thread(target=work)
    other.start()
    held.wait(30)
    assert not services.run(patient.pk)
    assert (now(patient).state, now(patient).fence, now(patient).rung_at) == ("queued", 0, None)
    done.set()
    other.join()
    assert services.run(patient.pk)


def test_a_job_gives_way_for_a_while_and_not_for_good(db: None, clock: Clock) -> None:
    patient = queued("test.behind")
    clock.shift(seconds=lease.GIVES_WAY_SECONDS + 1)
    queued("test.quick")
    assert services.run(patient.pk)

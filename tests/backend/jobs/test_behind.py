"""Jobs that nobody waits for: they let others go first, and are done one at a time."""

import threading
from collections.abc import Callable

import pytest
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


def test_of_many_that_give_way_one_is_rung_for_at_a_time(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hundreds that were rung for at once, each to give way, kept a worker from what they gave way to."""
    patient, first = [queued("test.behind") for _ in range(5)], queued("test.quick")
    assert not any(services.run(one.pk) for one in patient)
    assert services.reconcile() == 1
    assert [now(one).rung_at is None for one in patient] == [False, True, True, True, True]
    assert services.run(first.pk)
    rung: list[tuple[str, int]] = []
    monkeypatch.setattr(services, "ring", lambda task, job: rung.append((task, job)))
    for one in patient:
        assert services.run(one.pk)
    assert rung == [(services.RUN, one.pk) for one in patient[1:]], "each has the next one rung for"
    assert services.reconcile() == 0

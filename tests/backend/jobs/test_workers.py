"""Real workers that are killed, and bells that are lost: what was acknowledged is done, and done once."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import psutil
import pytest

from backend import bell
from backend.accounts import scope
from backend.audit.models import AuditEntry
from backend.jobs import services
from backend.jobs.models import Job
from backend.outbox.models import Effect
from tests.backend.jobs import handlers
from tests.support.databases import ROOT
from tests.support.workers import Worker, forget_queue, wait_for

HANDLERS = "tests.backend.jobs.handlers"
Start = Callable[..., Worker]


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's process dies, as it were, between each commit and its bell."""
    monkeypatch.setattr(bell.Bell, "ring", lambda *_: False)


def queued(kind: str, **params: Any) -> Job:
    with scope.everything():
        return services.queue(kind=kind, subject_id=7, organisation_id=None, params=params)


def now(job: Job) -> Job:
    with scope.everything():
        return Job.objects.get(pk=job.pk)


def ended(*jobs: Job) -> Callable[[], bool]:
    return lambda: all(now(job).finished_at for job in jobs)


def traces(action: str, job: Job) -> list[dict[str, Any]]:
    with scope.everything():
        entries = AuditEntry.objects.filter(action=action, subject_id=str(job.pk)).order_by("id")
        return list(entries.values_list("detail", flat=True))


def at_work(job: Job) -> dict[str, Any]:
    """Wait until a worker has begun the job; what the latest beginning left."""
    return wait_for(lambda: traces(handlers.BEGUN, job), 20, "the job to be begun")[-1]


def done_once(job: Job) -> None:
    """The job is done, its effect is there once, and what it stated came through once."""
    assert (now(job).state, now(job).error) == ("done", "")
    assert len(traces(handlers.EFFECT, job)) == 1
    wait_for(lambda: traces(handlers.TOPIC, job), 20, "the topic to come through")
    assert len(traces(handlers.TOPIC, job)) == 1
    assert not Effect.objects.filter(topic=handlers.TOPIC, subject_id=job.pk, done_at=None).exists()


def test_a_worker_does_jobs_and_their_effects(worker: Start) -> None:
    worker(include=HANDLERS)
    jobs = [queued("test.slow", seconds=0.2) for _ in range(6)]
    wait_for(ended(*jobs), 20, "six jobs")
    for job in jobs:
        done_once(job)
        assert now(job).fence == 1
        assert (now(job).done, now(job).total) == (2, 2)


def test_a_pool_child_killed_in_the_middle(worker: Start) -> None:
    alive = worker(include=HANDLERS)
    job = queued("test.slow", seconds=3)
    os.kill(at_work(job)["process"], signal.SIGKILL)
    wait_for(ended(job), 30, "another child to do it")
    done_once(job)
    assert now(job).fence == 2
    assert psutil.pid_exists(alive.pid), "the worker itself lives"


def test_the_whole_worker_killed_in_the_middle(worker: Start) -> None:
    first = worker(include=HANDLERS)
    jobs = [queued("test.slow", seconds=3) for _ in range(2)]
    waiting = [queued("test.slow", seconds=0.1) for _ in range(10)]
    for job in jobs:
        at_work(job)
    first.kill()
    worker(include=HANDLERS)
    wait_for(ended(*jobs, *waiting), 40, "the next worker to do them")
    for job in [*jobs, *waiting]:
        done_once(job)
    assert [now(job).fence for job in jobs] == [2, 2]


@pytest.mark.hostile
def test_only_the_main_process_killed_and_its_children_left_behind(worker: Start) -> None:
    """The orphans may still finish what they have, or not; either way it is done once."""
    first = worker(include=HANDLERS)
    job = queued("test.slow", seconds=3)
    at_work(job)
    os.kill(first.pid, signal.SIGKILL)
    worker(include=HANDLERS)
    wait_for(ended(job), 40, "somebody to do it")
    done_once(job)


@pytest.mark.hostile
def test_a_worker_that_is_asked_to_end_finishes_what_it_has(worker: Start) -> None:
    first = worker(include=HANDLERS)
    job = queued("test.slow", seconds=2)
    at_work(job)
    first.terminate()
    assert (now(job).state, now(job).fence) == ("done", 1)
    worker(include=HANDLERS)
    done_once(job)


def test_the_queue_is_lost(worker: Start, broker_prefix: str) -> None:
    """FLUSHALL of everything under our prefix, while one job runs and others wait."""
    worker(include=HANDLERS, concurrency=1)
    running = queued("test.slow", seconds=2)
    waiting = [queued("test.slow", seconds=0.1) for _ in range(5)]
    at_work(running)
    assert forget_queue(broker_prefix) > 0
    wait_for(ended(running, *waiting), 40, "all of them in spite of it")
    for job in [running, *waiting]:
        done_once(job)


def test_the_bell_is_lost(worker: Start, silent: None) -> None:
    """Death between commit and publish: nobody ever rang for these."""
    jobs = [queued("test.slow", seconds=0.1) for _ in range(3)]
    worker(include=HANDLERS)
    wait_for(ended(*jobs), 30, "the reconciler to find them")
    for job in jobs:
        done_once(job)


@pytest.mark.hostile
def test_a_job_that_kills_its_worker_is_given_up_after_three(worker: Start) -> None:
    alive = worker(include=HANDLERS)
    deadly, good = queued("test.deadly"), queued("test.slow", seconds=0.1)
    wait_for(ended(deadly, good), 60, "it to be given up")
    assert (now(deadly).state, len(traces(handlers.BEGUN, deadly))) == ("failed", 3)
    assert "its worker died each time" in now(deadly).error
    done_once(good)
    assert psutil.pid_exists(alive.pid)


def test_two_workers_and_two_beats_do_each_job_once(worker: Start) -> None:
    worker(include=HANDLERS)
    worker(include=HANDLERS)
    jobs = [queued("test.slow", seconds=0.1) for _ in range(20)]
    wait_for(ended(*jobs), 40, "twenty jobs")
    for job in jobs:
        done_once(job)
        assert now(job).fence == 1


def test_a_message_delivered_many_times_is_one_job(worker: Start) -> None:
    worker(include=HANDLERS)
    job = queued("test.slow", seconds=1)
    for _ in range(30):
        bell.ring(services.RUN, job.pk)
    wait_for(ended(job), 20, "the job")
    done_once(job)
    assert now(job).fence == 1


def test_polars_is_not_in_the_process_that_is_forked() -> None:
    """Polars hangs in a fork, so neither the worker's entry nor any room's tasks or handlers may import it."""
    program = (
        "import sys, celery_worker\n"
        "celery_worker.app.loader.import_default_modules()\n"
        "celery_worker.app.finalize()\n"
        "names = set(celery_worker.app.tasks)\n"
        "assert {'jobs.run', 'jobs.reconcile', 'outbox.deliver', 'outbox.reconcile'} <= names, names\n"
        "print(sorted(name for name in ('polars', 'openpyxl', 'python_calamine') if name in sys.modules))\n"
    )
    shown = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.strip() == "[]"


def test_the_parent_of_a_real_pool_has_not_loaded_polars(worker: Start) -> None:
    """The same of a worker as it is started: what its memory maps name is what it has loaded."""
    alive = worker(include=HANDLERS)
    maps = [mapped.path for mapped in psutil.Process(alive.pid).memory_maps()]
    assert any("psycopg" in path for path in maps)
    assert not [path for path in maps if "polars" in path]

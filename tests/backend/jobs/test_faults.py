"""Connections that break under a working worker: it takes new ones, and what it had is done once."""

import time
from collections.abc import Iterator

import psutil
import psycopg
import pytest
import redis
from django.conf import settings
from django.db import connection

from backend import bell
from backend.celery import app
from tests.backend.jobs.test_workers import HANDLERS, Start, at_work, done_once, ended, now, queued
from tests.support.brokers import Broker
from tests.support.databases import admin_url
from tests.support.workers import Worker, wait_for

pytestmark = pytest.mark.hostile


def cut_from_the_database(name: str) -> int:
    """End every session on a database but this test's own, as a restart of the server would; how many."""
    with psycopg.connect(admin_url(), autocommit=True) as admin:
        found = admin.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s", [name]
        )
        return found.fetchone()[0]  # type: ignore[index]


def cut_from_the_broker(worker: Worker) -> int:
    """Close the broker's end of every connection of a worker; how many."""
    ours = {f"127.0.0.1:{port}" for port in worker.ports()}
    client = redis.Redis.from_url(settings.REDIS_URL)
    connected = [found["addr"] for found in client.client_list() if found["addr"] in ours]
    closed = sum(client.client_kill_filter(addr=address) for address in connected)
    client.close()
    return closed


def test_sessions_that_the_database_ends(worker: Start, fresh_database: str) -> None:
    worker(include=HANDLERS)
    job = queued("test.slow", seconds=3)
    at_work(job)
    connection.close()
    assert cut_from_the_database(fresh_database) > 0
    later = queued("test.slow", seconds=0.1)
    wait_for(ended(job, later), 40, "the job in spite of it")
    done_once(job)
    done_once(later)
    assert now(job).fence == 2


def test_twenty_five_rounds_of_cut_connections_to_the_broker(worker: Start) -> None:
    alive = worker(include=HANDLERS)
    jobs = []
    cut = 0
    for _ in range(25):
        jobs.append(queued("test.slow", seconds=0.1))
        cut += cut_from_the_broker(alive)
        time.sleep(0.3)
    assert cut >= 25
    jobs.append(queued("test.slow", seconds=0.1))
    wait_for(ended(*jobs), 60, "every job")
    for job in jobs:
        done_once(job)


@pytest.fixture(params=[True, False], ids=["kept", "in memory only"])
def broker(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Broker]:
    """A broker of the test's own, which both this process and its workers ring."""
    own = Broker(kept=request.param).start()
    monkeypatch.setattr(app.conf, "broker_url", own.url)
    monkeypatch.setattr(bell, "_bell", bell.Bell())
    yield own
    own.close()


def test_a_broker_that_is_killed_and_comes_back(worker: Start, broker: Broker) -> None:
    """One job runs, others wait in its queue, others are queued while it is away: all are done once."""
    alive = worker(include=HANDLERS, concurrency=1)
    running = queued("test.slow", seconds=4)
    waiting = [queued("test.slow", seconds=0.1) for _ in range(4)]
    at_work(running)
    broker.kill()
    began = time.monotonic()
    meanwhile = [queued("test.slow", seconds=0.1) for _ in range(4)]
    assert time.monotonic() - began < 2, "queueing does not wait for the broker"
    time.sleep(3)
    broker.start()
    jobs = [running, *waiting, *meanwhile]
    wait_for(ended(*jobs), 60, "every job in spite of it")
    for job in jobs:
        done_once(job)
    assert now(running).fence == 1, "a job does not need the broker while it runs"
    assert psutil.pid_exists(alive.pid)

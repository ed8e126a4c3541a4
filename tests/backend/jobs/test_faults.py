"""Connections that break under a working worker: it takes new ones, and what it had is done once."""

import time

import psycopg
import pytest
import redis
from django.conf import settings
from django.db import connection

from tests.backend.jobs.test_workers import HANDLERS, Start, at_work, done_once, ended, now, queued
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

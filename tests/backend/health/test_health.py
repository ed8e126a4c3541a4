"""Alive, ready, counted: for load balancers and monitors."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from backend.backups.noting import key
from backend.health import heartbeat, probes
from tests.support.http import Caller, silent_port
from tests.support.workers import Worker, wait_for


@pytest.fixture
def beating() -> Iterator[None]:
    """A worker was heard of a moment ago."""
    with heartbeat.client() as valkey:
        heartbeat.beat(valkey)
        yield
        valkey.delete(heartbeat.key())


@pytest.mark.django_db
@pytest.mark.usefixtures("beating")
def test_all_is_well() -> None:
    answer = Caller().get("/readyz", headers={"accept": "image/png"})
    assert answer.status_code == 200, answer.content
    assert answer.json() == {
        "status": "ok",
        "checks": {name: {"status": "ok"} for name in ("database", "broker", "worker", "vault")},
    }
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_a_missing_worker_is_told() -> None:
    answer = Caller().get("/readyz")
    assert answer.status_code == 503
    body = answer.json()
    assert body["checks"]["database"] == body["checks"]["broker"] == {"status": "ok"}
    assert body["checks"]["worker"] == {"status": "down", "detail": "failed: NoWorker"}


@pytest.mark.django_db
def test_a_silent_broker_is_told_in_time(settings: Any) -> None:
    with silent_port() as port:
        settings.REDIS_URL = f"redis://127.0.0.1:{port}/0"
        began = time.monotonic()
        answer = Caller().get("/readyz")
        took = time.monotonic() - began
    assert took < probes.PATIENCE_SECONDS + 1
    assert answer.status_code == 503
    assert answer.json()["checks"]["broker"]["status"] == "down"
    assert answer.json()["checks"]["database"]["status"] == "ok"


def test_without_a_database_alive_but_not_ready(server: str, databases: Any, fresh_database: str) -> None:
    httpx.get(f"{server}/healthz")
    with databases.using("shugu_test_no_such_database"):
        alive = httpx.get(f"{server}/healthz")
        ready = httpx.get(f"{server}/readyz", timeout=10)
        asked = httpx.get(f"{server}/api/v1/organisations/", headers={"Authorization": "Token x"})
    assert (alive.status_code, alive.json()) == (200, {"status": "ok"})
    assert ready.status_code == 503
    assert ready.json()["checks"]["database"] == {"status": "down", "detail": "failed: OperationalError"}
    assert fresh_database not in ready.text
    assert asked.status_code == 503
    assert asked.headers["Content-Type"] == "application/problem+json"
    assert int(asked.headers["Retry-After"]) > 0


def test_probes_that_hang_do_not_hold_the_answer_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "PATIENCE_SECONDS", 0.2)
    forever = threading.Event()

    def hang() -> None:
        forever.wait(30)

    began = time.monotonic()
    found = probes.findings({"slow": hang, "quick": lambda: None})
    forever.set()
    assert time.monotonic() - began < 1
    assert found["slow"].detail == "did not answer in time"
    assert found["quick"].ok


def test_a_real_worker_beats(worker: Callable[..., Worker]) -> None:
    with heartbeat.client() as valkey:
        assert not valkey.exists(heartbeat.key())
        running = worker()
        wait_for(lambda: valkey.exists(heartbeat.key()), 30, "the first beat")
        assert 0 < valkey.ttl(heartbeat.key()) <= heartbeat.LASTS_SECONDS
        valkey.delete(heartbeat.key())
        wait_for(lambda: valkey.exists(heartbeat.key()), 2 * heartbeat.EVERY_SECONDS, "the next beat")
        running.close()


@pytest.mark.django_db
def test_requests_are_counted() -> None:
    Caller().get("/healthz")
    answer = Caller().get("/metrics")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain")
    assert b'django_http_responses_total_by_status_total{status="200"}' in answer.content


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/metrics"])
def test_they_are_for_reading(address: str) -> None:
    assert Caller().post(address).status_code == 405


@pytest.mark.django_db
@pytest.mark.usefixtures("beating")
def test_the_last_backup_is_told_where_monitors_look(settings: Any) -> None:
    assert "backups" not in Caller().get("/readyz").json()
    assert b"shugu_backup" not in Caller().get("/metrics").content
    name = key(settings.CACHES["default"]["KEY_PREFIX"])
    told = {"backup_at": "2026-03-31T17:45:00+00:00", "rehearsed_at": "2026-03-31T18:00:00+00:00", "proved": False}
    with heartbeat.client() as valkey:
        valkey.set(name, json.dumps(told))
        try:
            assert Caller().get("/readyz").json()["backups"] == told
            exposed = Caller().get("/metrics").content.decode().splitlines()
        finally:
            valkey.delete(name)
    assert "shugu_backup_timestamp_seconds 1774979100.0" in exposed
    assert "shugu_rehearsal_proved 0.0" in exposed
    assert not any("shugu_log_received" in line for line in exposed)

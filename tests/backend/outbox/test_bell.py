"""The bell: rung on commit, and never in the way."""

import base64
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
import redis
from django.conf import settings as django_settings
from django.db import transaction

from backend import bell
from backend.celery import app
from backend.reference.models import Holiday

TASK = "outbox.deliver"


@pytest.fixture
def queue(broker_prefix: str) -> Iterator[Any]:
    """The broker's queue as a list of messages, emptied before and after."""
    client = redis.Redis.from_url(django_settings.REDIS_URL)
    key = f"{broker_prefix}:prompt"
    client.delete(key)
    yield lambda: client.lrange(key, 0, -1)
    client.delete(key)
    client.close()


@pytest.fixture
def broker_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], bell.Bell]:
    """``broker_at(port)``: the broker's address is moved to a port of this machine."""

    def move(port: int) -> bell.Bell:
        parts = urlsplit(app.conf.broker_url)
        login = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
        monkeypatch.setattr(app.conf, "broker_url", urlunsplit(parts._replace(netloc=f"{login}127.0.0.1:{port}")))
        return bell.Bell()

    return move


@pytest.fixture
def black_hole() -> Iterator[int]:
    """A port that takes connections and never answers."""
    with socket.socket() as hole:
        hole.bind(("127.0.0.1", 0))
        hole.listen(50)
        yield hole.getsockname()[1]


@pytest.fixture
def closed_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def test_the_bell_is_rung_on_commit_and_not_before(fresh_database: str, queue: Any) -> None:
    with transaction.atomic():
        bell.ring(TASK, 1)
        assert queue() == []
    assert len(queue()) == 1


def test_the_bell_is_not_rung_for_what_is_rolled_back(fresh_database: str, queue: Any) -> None:
    with transaction.atomic():
        bell.ring(TASK, 1)
        transaction.set_rollback(True)
    assert queue() == []


def test_a_message_bears_ids_alone(fresh_database: str, queue: Any) -> None:
    with transaction.atomic():
        bell.ring(TASK, 4711)
    message = json.loads(queue()[0])
    arguments, named, _ = json.loads(base64.b64decode(message["body"]))
    assert (arguments, named) == ([4711], {})
    assert message["headers"]["task"] == TASK


def test_rings_are_quick(queue: Any) -> None:
    own = bell.Bell()
    assert own.ring(TASK, (0,))
    began = time.monotonic()
    assert all(own.ring(TASK, (place,)) for place in range(200))
    assert time.monotonic() - began < 3
    assert len(queue()) == 201


@pytest.mark.parametrize("port", ["black_hole", "closed_port"])
def test_a_broker_that_does_not_answer_holds_nobody_up(
    port: str, request: pytest.FixtureRequest, broker_at: Any
) -> None:
    own = broker_at(request.getfixturevalue(port))
    began = time.monotonic()
    assert not own.ring(TASK, (1,))
    assert time.monotonic() - began < 1.5
    began = time.monotonic()
    assert not any(own.ring(TASK, (place,)) for place in range(1000))
    assert time.monotonic() - began < 0.2
    assert own.quiet()


def test_threads_wait_for_a_black_hole_once(black_hole: int, broker_at: Any) -> None:
    own = broker_at(black_hole)
    took: list[float] = []

    def ring() -> None:
        began = time.monotonic()
        own.ring(TASK, (1,))
        took.append(time.monotonic() - began)

    threads = [threading.Thread(target=ring) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(took) < 2


def test_a_broker_that_falls_silent_later_holds_nobody_up(broker_at: Any) -> None:
    """A connection that was good and is black-holed since: the answer is not waited for longer than the connection."""
    upstream = redis.connection.parse_url(django_settings.REDIS_URL)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(10)
        silent = threading.Event()
        threading.Thread(target=_relay, args=(listening, upstream, silent), daemon=True).start()
        own = broker_at(listening.getsockname()[1])
        assert own.ring(TASK, (1,))
        silent.set()
        began = time.monotonic()
        assert not own.ring(TASK, (1,))
        assert time.monotonic() - began < 1.5


def _relay(listening: socket.socket, upstream: dict[str, Any], silent: threading.Event) -> None:
    """Pass bytes between clients and the broker until told to keep silent."""

    def pump(source: socket.socket, sink: socket.socket) -> None:
        while data := source.recv(65536):
            if not silent.is_set():
                sink.sendall(data)

    while True:
        try:
            client, _ = listening.accept()
        except OSError:
            return
        server = socket.create_connection((upstream.get("host", "127.0.0.1"), upstream.get("port", 6379)))
        for ends in ((client, server), (server, client)):
            threading.Thread(target=pump, args=ends, daemon=True).start()


def test_the_bell_is_heard_again_once_the_broker_is_back(
    closed_port: int, broker_at: Any, queue: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = app.conf.broker_url
    own = broker_at(closed_port)
    assert not own.ring(TASK, (1,))
    monkeypatch.setattr(app.conf, "broker_url", address)
    assert not own.ring(TASK, (1,)), "still quiet"
    own._quiet_until = 0.0
    assert own.ring(TASK, (1,))
    assert len(queue()) == 1


def test_a_commit_stands_though_the_broker_is_away(
    fresh_database: str, closed_port: int, broker_at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bell, "_bell", broker_at(closed_port))
    with transaction.atomic():
        Holiday.objects.create(day="2099-01-01", name_zh="test", kind=Holiday.Kind.OFF)
        bell.ring(TASK, 1)
    assert bell._bell.quiet()
    assert Holiday.objects.filter(day="2099-01-01").exists()

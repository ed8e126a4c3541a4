"""Beats, senders and reports that meet: real transactions in real threads."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import connection

from backend.accounts import scope
from backend.messages import services as messages
from backend.messages.models import Delivery
from programs.periods import obligations
from programs.reminders.services import call_off, tick
from tests.factories import OfficerFactory
from tests.programs.reminders.world import BEFORE, delivery_of, move, owing, rows
from tests.support.databases import address
from tests.support.mailbox import Mailbox
from tests.support.workers import wait_for

pytestmark = pytest.mark.usefixtures("fresh_database")
PATIENCE = 30.0


class Call(threading.Thread):
    """A call in a thread and a connection of its own; ``result()`` waits for it."""

    def __init__(self, call: Callable[[], Any]) -> None:
        super().__init__(daemon=True)
        self._call = call
        self._result: list[Any] = []
        self.start()

    def run(self) -> None:
        try:
            self._result.append(self._call())
        finally:
            connection.close()

    def result(self) -> Any:
        self.join(PATIENCE)
        [found] = self._result
        return found


class Gate:
    """Nobody adds a message while this is held; ``waiting()`` says how many stand before it, or before its like."""

    def __init__(self, owner: psycopg.Connection) -> None:
        self._owner = owner

    def waiting(self, kind: str = "relation") -> int:
        found = self._owner.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database"
            " WHERE NOT granted AND datname = current_database() AND locktype = %s",
            [kind],
        ).fetchone()
        assert found is not None
        return int(found[0])

    def open(self) -> None:
        self._owner.rollback()


@pytest.fixture
def gate(fresh_database: str) -> Iterator[Gate]:
    with psycopg.connect(address("owner")) as owner:
        owner.execute("LOCK TABLE delivery IN SHARE MODE")
        yield Gate(owner)
        owner.rollback()


@contextmanager
def begun(gate: Gate, call: Callable[[], Any]) -> Iterator[Call]:
    """A beat that has decided what goes out and cannot write it down yet."""
    started = Call(call)
    wait_for(lambda: gate.waiting() == 1, PATIENCE, "the beat to stand before the gate")
    yield started


def test_of_two_beats_the_second_leaves(gate: Gate, clock: Any, mailbox: Mailbox, run_jobs: Callable[[], int]) -> None:
    owing()
    move(clock, BEFORE)
    with begun(gate, tick) as first:
        assert tick() == 0
        assert first.is_alive()
        gate.open()
        assert first.result() == 2
    assert tick() == 0
    run_jobs()
    assert sorted(to for to, _message in mailbox.taken) == ["clerk@example.com", "english@example.com"]


def test_many_beats_at_once_send_everything_once(clock: Any, mailbox: Mailbox, run_jobs: Callable[[], int]) -> None:
    owing()
    move(clock, BEFORE)
    start = threading.Barrier(6)

    def beat(wait: bool) -> int:
        start.wait()
        return tick(wait=wait)

    def beating(wait: bool) -> Call:
        return Call(lambda: beat(wait))

    assert sum(call.result() for call in [beating(n % 2 == 0) for n in range(6)]) == 2
    run_jobs()
    assert Counter(to for to, _message in mailbox.taken) == {"clerk@example.com": 1, "english@example.com": 1}
    with scope.everything():
        assert Delivery.objects.count() == 2


def test_of_two_senders_one_sends(clock: Any, mailbox: Mailbox) -> None:
    owing()
    move(clock, BEFORE)
    tick()
    asked, go_on = threading.Event(), threading.Event()

    def answer(_address: str) -> str:
        asked.set()
        go_on.wait(PATIENCE)
        return "250 ok"

    mailbox.data = answer
    delivery_id = delivery_of(rows(state="sending")[0]).pk
    first = Call(lambda: messages.send(delivery_id))
    assert asked.wait(PATIENCE)
    assert messages.send(delivery_id) is False
    go_on.set()
    assert first.result() is True
    assert messages.send(delivery_id) is False
    assert len(mailbox.taken) == 1


def test_what_is_settled_while_a_beat_decides_does_not_go_out(
    gate: Gate, clock: Any, mailbox: Mailbox, run_jobs: Callable[[], int]
) -> None:
    owed = owing()
    move(clock, BEFORE)
    with begun(gate, tick) as deciding:
        with scope.everything():
            obligations.excuse(actor=OfficerFactory(email=""), obligation=owed, reason="停办")

        def off() -> int:
            with scope.everything():
                return call_off(obligation_id=owed.pk)

        calling_off = Call(off)
        wait_for(lambda: gate.waiting("advisory") == 1, PATIENCE, "the call to wait for the beat")
        gate.open()
        assert deciding.result() == 2
        calling_off.result()
    run_jobs()
    assert mailbox.taken == []
    assert {(row.state, row.note) for row in rows()} == {("cancelled", "settled")}

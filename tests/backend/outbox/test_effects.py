"""Effects: stated with what calls for them, carried out once, tried again, set aside."""

import logging
import threading
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest
from django.db import OperationalError, connection, connections, transaction

from backend.accounts import scope
from backend.audit import context
from backend.audit.models import AuditEntry
from backend.audit.services import enter_audit
from backend.outbox import registry
from backend.outbox.models import Effect
from backend.outbox.services import ATTEMPTS, deliver, reconcile, state
from tests.conftest import Clock
from tests.support.work import EffectFailed

TOPIC = "test.happened"
NAME = "郭靖"
NUMBER = "520111198811039164"


@pytest.fixture
def subscribed() -> Iterator[Callable[[Callable[[int], None]], None]]:
    """``subscribed(handler)``: subscribes for one test."""
    before = {topic: dict(found) for topic, found in registry._subscribers.items()}
    yield lambda handler: (registry.subscribe(TOPIC)(handler), None)[1]
    registry._subscribers.clear()
    registry._subscribers.update(before)


def note(subject_id: int) -> None:
    """A subscriber that leaves a trace."""
    enter_audit(action="test.effect", subject=("test", subject_id))


def note_too(subject_id: int) -> None:
    """Another one."""
    enter_audit(action="test.effect", subject=("test", f"{subject_id} too"))


def refuse(subject_id: int) -> None:
    """A subscriber that leaves a trace and then fails."""
    note(subject_id)
    raise ValueError(f"no such number: {NUMBER}\nDETAIL: {subject_id} {NAME}")


def traces() -> list[str]:
    with scope.everything():
        return sorted(AuditEntry.objects.filter(action="test.effect").values_list("subject_id", flat=True))


def one() -> Effect:
    return Effect.objects.get(topic=TOPIC)


def test_a_topic_is_stated_to_each_subscriber(db: None, subscribed: Any) -> None:
    subscribed(note)
    subscribed(note_too)
    state(topic=TOPIC, subject_id=7)
    effects = Effect.objects.filter(topic=TOPIC)
    assert {effect.subscriber for effect in effects} == {f"{__name__}.note", f"{__name__}.note_too"}
    assert {(effect.subject_id, effect.attempts, effect.done_at) for effect in effects} == {(7, 0, None)}


def test_a_topic_without_subscribers_is_nobodys(db: None) -> None:
    state(topic="test.nobody", subject_id=7)
    assert not Effect.objects.filter(topic="test.nobody").exists()


def test_a_topic_needs_a_transaction(fresh_database: str) -> None:
    with pytest.raises(scope.NoTransaction):
        state(topic=TOPIC, subject_id=7)


def test_an_effect_is_carried_out_once(db: None, subscribed: Any) -> None:
    subscribed(note)
    state(topic=TOPIC, subject_id=7)
    assert [deliver(one().pk) for _ in range(3)] == [True, False, False]
    assert traces() == ["7"]
    assert one().done_at is not None


def test_what_is_rolled_back_was_not_stated(db: None, subscribed: Any) -> None:
    subscribed(note)
    with transaction.atomic():
        state(topic=TOPIC, subject_id=7)
        transaction.set_rollback(True)
    assert not Effect.objects.filter(topic=TOPIC).exists()


def test_a_subscriber_runs_as_the_system_and_sees_everything(db: None, subscribed: Any, as_partner: Any) -> None:
    seen: list[object] = []

    def look(_: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('shugu.scope', true)")
            seen.append((cursor.fetchone(), context.current().user))

    as_partner()
    subscribed(look)
    state(topic=TOPIC, subject_id=7)
    deliver(one().pk)
    assert seen == [(("all",), None)]


def test_a_failed_effect_is_undone_kept_with_its_error_and_tried_again(db: None, subscribed: Any) -> None:
    subscribed(refuse)
    state(topic=TOPIC, subject_id=7)
    assert not deliver(one().pk)
    assert (one().attempts, one().done_at, one().set_aside_at) == (1, None, None)
    assert one().error == "ValueError: no such number: 520************"
    assert traces() == []
    registry._subscribers[TOPIC][f"{__name__}.refuse"] = note
    assert deliver(one().pk)
    assert (one().error, traces()) == ("", ["7"])


def test_an_effect_that_keeps_failing_is_set_aside(db: None, subscribed: Any, caplog: pytest.LogCaptureFixture) -> None:
    subscribed(refuse)
    state(topic=TOPIC, subject_id=7)
    with caplog.at_level(logging.INFO):
        for _ in range(ATTEMPTS + 3):
            deliver(one().pk)
    assert one().attempts == ATTEMPTS
    assert one().set_aside_at is not None
    assert "was set aside" in caplog.text
    assert NUMBER[4:] not in caplog.text + one().error
    assert NAME not in caplog.text + one().error
    assert reconcile() == 0


def test_an_effect_that_ends_its_worker_is_set_aside_too(db: None, subscribed: Any) -> None:
    """The attempt is counted before the subscriber runs, so a death is counted."""
    ran: list[int] = []
    subscribed(ran.append)
    state(topic=TOPIC, subject_id=7)
    Effect.objects.filter(pk=one().pk).update(attempts=ATTEMPTS)
    assert not deliver(one().pk)
    assert one().set_aside_at is not None
    assert "worker died" in one().error
    assert ran == []


def test_an_effect_whose_subscriber_is_gone_is_set_aside(db: None, subscribed: Any) -> None:
    subscribed(note)
    state(topic=TOPIC, subject_id=7)
    registry._subscribers.clear()
    assert not deliver(one().pk)
    assert "no subscriber" in one().error
    assert one().set_aside_at is not None


def test_an_effect_that_nobody_stated_is_passed_over(db: None) -> None:
    assert not deliver(-1)


def test_run_jobs_tells_of_a_failure(db: None, subscribed: Any, run_jobs: Callable[[], int]) -> None:
    subscribed(refuse)
    state(topic=TOPIC, subject_id=7)
    with pytest.raises(EffectFailed, match="no such number"):
        run_jobs()


def test_run_jobs_follows_what_effects_call_for(db: None, subscribed: Any, run_jobs: Callable[[], int]) -> None:
    def again(subject_id: int) -> None:
        note(subject_id)
        if subject_id < 3:
            state(topic=TOPIC, subject_id=subject_id + 1)

    subscribed(again)
    state(topic=TOPIC, subject_id=1)
    assert run_jobs() == 3
    assert traces() == ["1", "2", "3"]


def test_the_reconciler_rings_again_ever_more_slowly(db: None, subscribed: Any, clock: Clock) -> None:
    subscribed(note)
    state(topic=TOPIC, subject_id=7)
    rung = []
    for second in range(0, 400, 2):
        clock.shift(seconds=second)
        if reconcile():
            rung.append(second)
    assert rung[0] <= 6
    gaps = [later - earlier for earlier, later in pairwise(rung)]
    assert max(earlier - later for earlier, later in pairwise(gaps)) <= 2, gaps
    assert 58 <= gaps[-1] <= 62
    assert len(rung) < 12
    deliver(one().pk)
    clock.shift(hours=3)
    assert reconcile() == 0


def test_a_thing_done_twice_at_once_has_one_effect(fresh_database: str, subscribed: Any) -> None:
    """A task that the broker delivers twice: the second finds the row locked or done, and waits for nothing."""
    started, go_on = threading.Event(), threading.Event()

    def slowly(subject_id: int) -> None:
        started.set()
        assert go_on.wait(10)
        note(subject_id)

    subscribed(slowly)
    with transaction.atomic():
        state(topic=TOPIC, subject_id=7)
    effect = one()
    done: list[bool] = []

    def carry_out() -> None:
        done.append(deliver(effect.pk))
        connections.close_all()

    first = threading.Thread(target=carry_out)
    first.start()
    assert started.wait(10)
    seconds = [threading.Thread(target=carry_out) for _ in range(5)]
    for second in seconds:
        second.start()
    for second in seconds:
        second.join(10)
    assert done == [False] * 5
    go_on.set()
    first.join(10)
    assert sorted(done) == [False] * 5 + [True]
    assert traces() == ["7"]
    assert one().attempts == 1


def test_many_at_once_are_each_carried_out_once(fresh_database: str, subscribed: Any) -> None:
    subscribed(note)
    with transaction.atomic():
        for subject in range(60):
            state(topic=TOPIC, subject_id=subject)
    ids = list(Effect.objects.filter(topic=TOPIC).values_list("pk", flat=True))
    done: list[bool] = []

    def carry_out() -> None:
        done.extend(deliver(pk) for pk in ids)
        connections.close_all()

    threads = [threading.Thread(target=carry_out) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(done) == 60
    assert traces() == sorted(map(str, range(60)))


def test_two_reconcilers_do_not_ring_for_the_same(fresh_database: str, subscribed: Any, clock: Clock) -> None:
    subscribed(note)
    with transaction.atomic():
        for subject in range(200):
            state(topic=TOPIC, subject_id=subject)
    clock.shift(minutes=1)
    together = threading.Barrier(4)
    rung: list[int] = []

    def ring_again() -> None:
        together.wait()
        rung.append(reconcile())
        connections.close_all()

    threads = [threading.Thread(target=ring_again) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sum(rung) == 200


def test_a_lost_database_leaves_the_effect_for_later(fresh_database: str, subscribed: Any) -> None:
    """The connection ends in the middle of a subscriber's work: nothing is done, nothing is stuck."""

    def lose(subject_id: int) -> None:
        note(subject_id)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    subscribed(lose)
    with transaction.atomic():
        state(topic=TOPIC, subject_id=7)
    assert not deliver(one().pk)
    assert traces() == []
    assert one().error.startswith(OperationalError.__name__)
    registry._subscribers[TOPIC][one().subscriber] = note
    assert deliver(one().pk)
    assert traces() == ["7"]

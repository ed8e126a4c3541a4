"""Effects that one subscriber carries out many at a time: each once, and one bad subject holds up no other."""

from collections.abc import Iterator, Sequence

import pytest

from backend.accounts import scope
from backend.outbox import registry
from backend.outbox.models import Effect
from backend.outbox.services import deliver, deliver_together, state

pytestmark = pytest.mark.django_db
TOPIC = "test.many"
BAD = 13


@pytest.fixture
def calls() -> Iterator[list[list[int]]]:
    """What a subscriber was given, call by call; it refuses whatever has the bad subject among it."""
    told: list[list[int]] = []
    subscribers, together = dict(registry._subscribers), dict(registry._together)

    def many(subjects: Sequence[int]) -> None:
        told.append(list(subjects))
        if BAD in subjects:
            raise ValueError("a bad subject")

    registry.subscribe_together(TOPIC)(many)
    yield told
    registry._subscribers.clear()
    registry._subscribers.update(subscribers)
    registry._together.clear()
    registry._together.update(together)


def stated(*subjects: int) -> list[int]:
    with scope.everything():
        for subject in subjects:
            state(topic=TOPIC, subject_id=subject, later=True)
        return list(Effect.objects.filter(topic=TOPIC).order_by("pk").values_list("pk", flat=True))


def waiting() -> list[int]:
    with scope.everything():
        left = Effect.objects.filter(topic=TOPIC, done_at=None, set_aside_at=None)
        return list(left.order_by("pk").values_list("subject_id", flat=True))


def test_all_that_wait_are_given_at_once_and_each_subject_once(calls: list[list[int]]) -> None:
    first, *_others = stated(3, 1, 2, 3)
    assert deliver_together(first) == 4
    assert calls == [[1, 2, 3]]
    assert deliver_together(first) == 0
    assert waiting() == []


def test_a_bad_one_is_tried_by_itself(calls: list[list[int]]) -> None:
    effects = stated(1, BAD, 2)
    assert deliver_together(effects[0]) == 0
    assert waiting() == [1, BAD, 2], "what was done together is undone together"
    assert [deliver(one) for one in effects] == [True, False, True]
    assert waiting() == [BAD]
    stated(4)
    assert deliver_together(stated(5)[-1]) == 2, "what has failed before is passed over"
    assert calls[-1] == [4, 5]


def test_by_itself_it_is_given_one(calls: list[list[int]]) -> None:
    [effect] = stated(7)
    assert deliver(effect) is True
    assert calls == [[7]]
    assert deliver(effect) is False

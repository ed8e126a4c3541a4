"""Administrators hear of work that was given up: once a day for each kind, in their own language."""

from collections.abc import Callable
from typing import Any

import pytest

from backend.accounts import scope
from backend.jobs import services
from backend.jobs.models import Job
from backend.messages.inbox.models import InboxMessage
from backend.messages.models import Delivery
from backend.outbox import registry
from backend.outbox.models import Effect
from backend.outbox.services import ATTEMPTS, SET_ASIDE, deliver, state
from tests.backend.jobs import handlers
from tests.factories import AdminFactory, OfficerFactory

pytestmark = pytest.mark.usefixtures("db")
RunJobs = Callable[[], int]
NUMBER = "520111" + "198811039164"


def given_up(run_jobs: RunJobs) -> Job:
    """A job that fails for good, quoting what it must not."""
    with scope.everything():
        job = services.queue(kind="test.wrong", subject_id=7, organisation_id=None)
    run_jobs()
    with scope.everything():
        return Job.objects.get(pk=job.pk)


def told() -> list[tuple[str, str]]:
    with scope.everything():
        return sorted(Delivery.objects.values_list("channel", "recipient"))


def test_of_a_job_each_administrator_hears_once_a_day(run_jobs: RunJobs, clock: Any) -> None:
    assert handlers.wrong is not None
    first, second = AdminFactory(email="one@example.com"), AdminFactory(email="", language="zh-hans")
    OfficerFactory(), AdminFactory(is_active=False)
    job = given_up(run_jobs)
    assert job.state == "failed"
    expected = sorted([("email", "one@example.com"), ("inbox", str(first.pk)), ("inbox", str(second.pk))])
    assert told() == expected
    with scope.everything():
        texts = dict(Delivery.objects.filter(channel="inbox").values_list("recipient", "text"))
        assert InboxMessage.objects.count() == 2
    assert f"(number {job.pk}) was given up" in texts[str(first.pk)]
    assert f"（编号 {job.pk}）已放弃执行" in texts[str(second.pk)]
    assert not any(NUMBER in text for text in texts.values())
    given_up(run_jobs)
    assert told() == expected, "the same kind on the same day"
    clock.shift(days=1)
    given_up(run_jobs)
    assert len(told()) == 2 * len(expected)


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Effect]:
    """``refused(topic)``: an effect whose one subscriber fails until it is set aside."""

    def refuse(_subject_id: int) -> None:
        raise ValueError("no")

    def fail(topic: str) -> Effect:
        subscribers = {of: dict(them) for of, them in registry._subscribers.items() if of != topic}
        monkeypatch.setattr(registry, "_subscribers", subscribers)
        registry.subscribe(topic)(refuse)
        with scope.everything():
            state(topic=topic, subject_id=7)
            [effect] = Effect.objects.filter(topic=topic)
        for _try in range(ATTEMPTS):
            assert not deliver(effect.pk)
        effect.refresh_from_db()
        assert effect.set_aside_at is not None
        return effect

    return fail


def test_of_an_effect_that_was_set_aside_they_hear_too(refused: Callable[[str], Effect]) -> None:
    AdminFactory(email="one@example.com")
    with scope.everything():
        effect = refused("test.refused")
        [telling] = Effect.objects.filter(topic=SET_ASIDE)
    assert deliver(telling.pk)
    assert [channel for channel, _to in told()] == ["email", "inbox"]
    with scope.everything():
        text = Delivery.objects.filter(channel="email").get().text
    assert f"“test.refused, refuse” (number {effect.pk})" in text


def test_that_the_telling_failed_is_told_to_nobody(refused: Callable[[str], Effect]) -> None:
    with scope.everything():
        refused(SET_ASIDE)
        assert Effect.objects.filter(topic=SET_ASIDE).count() == 1

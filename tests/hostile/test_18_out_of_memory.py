"""Hostile test 18: a task that runs out of memory is set aside after three tries; administrators hear of it, all else
goes on."""

from collections.abc import Callable

import psutil
import pytest

from backend.accounts import scope
from backend.jobs.models import Job
from backend.messages.inbox.models import InboxMessage
from backend.messages.models import Channel, Delivery
from tests.backend.jobs.handlers import BEGUN
from tests.backend.jobs.test_workers import done_once, ended, now, queued, traces
from tests.factories import AdminFactory
from tests.hostile import greedy
from tests.hostile.table import Tell
from tests.support.workers import Worker, wait_for

Start = Callable[..., Worker]
LIMIT = 1 << 30
PATIENCE = 180.0
REASONS = {"test.greedy": "MemoryError", "test.ended_by_the_kernel": "its worker died each time"}


def alarms(job: Job) -> set[tuple[str, str]]:
    """Who was told of a job that was set aside: channel and recipient."""
    with scope.everything():
        told = Delivery.objects.filter(text__contains=f"(number {job.pk})")
        return set(told.values_list("channel", "recipient"))


@pytest.mark.hostile
@pytest.mark.timeout(900)
@pytest.mark.parametrize("kind", REASONS)
def test_18_a_task_without_memory_is_set_aside_after_three_tries(
    worker: Start, monkeypatch: pytest.MonkeyPatch, tell: Tell, kind: str
) -> None:
    monkeypatch.setenv("WORKER_CHILD_BYTES", str(LIMIT))
    admin = AdminFactory(email="admin@example.com")
    alive = worker(include=greedy.__name__)
    job, others = queued(kind), [queued("test.slow", seconds=0.1) for _ in range(4)]
    wait_for(ended(job, *others), PATIENCE, f"it to be given up; {alive.log[-3000:]}")
    assert (now(job).state, len(traces(BEGUN, job))) == ("failed", 3)
    assert REASONS[kind] in now(job).error
    for other in others:
        done_once(other)
    assert psutil.pid_exists(alive.pid)
    told = {(Channel.INBOX, str(admin.pk)), (Channel.EMAIL, "admin@example.com")}
    wait_for(lambda: alarms(job) == told, PATIENCE, f"administrators to be told, not {alarms(job)}")
    with scope.everything():
        wait_for(lambda: InboxMessage.objects.filter(user=admin.pk).exists(), PATIENCE, "the inbox")
    tell(
        18,
        struck=f"{kind}, three tries, each child limited to {LIMIT >> 20} MB",
        acknowledged=f"{1 + len(others)} jobs",
        survived=f"set aside ({now(job).error[:60]}); the other jobs done once, the worker lives, 2 alarms",
    )

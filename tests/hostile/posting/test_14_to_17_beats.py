"""Hostile tests 14 to 17: too many beats, too few, a clock that is wrong, and tasks that come twice."""

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable

import pytest

from backend.accounts import scope
from backend.bell import ring
from backend.messages.models import Delivery
from backend.outbox.models import Effect
from programs.periods.expected import expect_obligations
from programs.reminders.models import Reminder
from tests.conftest import Clock
from tests.factories import PeriodFactory
from tests.hostile.posting import hasty
from tests.hostile.posting.conftest import (
    EARLY,
    PATIENCE,
    TICK,
    beat,
    copies,
    deliveries,
    wait_for_mail,
    wait_until_settled,
)
from tests.hostile.table import Tell
from tests.programs.reminders.world import AFTER_2, AFTER_5, BEFORE, DUE, move
from tests.support.postoffice import PostOffice
from tests.support.workers import Worker, wait_for

Start = Callable[..., Worker]
Partners = Callable[[int], list[str]]
SECOND = dt.timedelta(days=1)


def test_14_two_beats_remind_once(
    office: PostOffice, partners: Partners, clock: Clock, worker: Start, tell: Tell
) -> None:
    """Two whole workers, each with a beat of its own that reminds every second, over two rungs."""
    clerks = partners(40)
    both = [worker(include=hasty.__name__) for _ in range(2)]
    for day in (BEFORE, DUE):
        office.empty()
        move(clock, day)
        wait_for_mail(office, set(clerks), both[0])
        time.sleep(4)
        assert copies(office) == dict.fromkeys(clerks, 1)
    assert all(one.log.count("reminders.tick") >= 4 for one in both), "both have beaten"
    with scope.everything():
        assert Delivery.objects.count() == 80
    tell(
        14,
        struck="two workers with a beat each, both reminding every second, over two rungs",
        acknowledged="80 reminders due",
        survived="80 messages, one for each",
    )


@pytest.mark.hostile
def test_15_three_days_without_beat_are_caught_up_with_by_one_message(
    office: PostOffice, partners: Partners, clock: Clock, worker: Start, tell: Tell
) -> None:
    """Each partner owes two reports; two rungs of each come and go meanwhile."""
    clerks = partners(12)
    with scope.everything():
        PeriodFactory(
            code="2019-03",
            frequency="month",
            starts_on=dt.date(2019, 3, 1),
            ends_on=dt.date(2019, 3, 31),
            due_on=DUE,
        )
        expect_obligations()
    running = worker()
    beat(clock, BEFORE, 12)
    wait_until_settled(running, sent=24)
    running.kill()
    office.empty()
    move(clock, AFTER_2 + SECOND, 10)
    running.start()
    for _beat in range(3):
        ring(TICK)
    wait_for_mail(office, set(clerks), running)
    with scope.everything():
        wait_for(lambda: not Reminder.objects.filter(state="sending").exists(), PATIENCE, "all to be followed")
    ring(TICK)
    time.sleep(3)
    assert copies(office) == dict.fromkeys(clerks, 1)
    for one in office.taken():
        told = f"{one.subject}\n{one.text}"
        assert "2019-Q1" in told, told
        assert "2019-03" in told, told
    office.empty()
    beat(clock, AFTER_5)
    wait_for(lambda: office.count() >= 48, PATIENCE, "the next rung, as if nothing had been")
    time.sleep(2)
    to = Counter(one.recipient for one in office.taken())
    assert {to[clerk] for clerk in clerks} == {2}, "the rungs of that day, one for each report, and nothing else"
    tell(
        15,
        struck="beat and worker for ten days, over two rungs of two reports",
        acknowledged=f"{len(clerks)} partners who owe two reports each",
        survived="one message to each, naming both; the next rung as if nothing had been",
    )


@pytest.mark.hostile
def test_16_a_clock_that_is_a_day_wrong_reminds_of_nothing_twice(
    office: PostOffice, partners: Partners, clock: Clock, worker: Start, tell: Tell
) -> None:
    """The database's clock jumps a day ahead and back. That of every process is years off from it all the while."""
    clerks = partners(10)
    running = worker(include=hasty.__name__)
    move(clock, BEFORE - SECOND, 9)
    time.sleep(3)
    assert office.count() == 0, "by the database's clock it is not the day, whatever the processes' own says"
    move(clock, BEFORE, 9)
    wait_for(lambda: office.count() > 0, PATIENCE, "the first of them")
    for day in (BEFORE - SECOND, BEFORE + SECOND, BEFORE - SECOND, BEFORE):
        move(clock, day, 9, minutes=2)
        time.sleep(1.5)
    move(clock, BEFORE + SECOND, 12)
    wait_for_mail(office, set(clerks), running)
    wait_until_settled(running, sent=10)
    time.sleep(2)
    assert copies(office) == dict.fromkeys(clerks, 1)
    with scope.everything():
        moments = set(Reminder.objects.filter(state="sent").values_list("due_at", flat=True))
    assert {moment.astimezone(dt.UTC) for moment in moments} == {dt.datetime(2019, 4, 8, 1, tzinfo=dt.UTC)}
    tell(
        16,
        struck="the database's clock, a day ahead and back, five times; the processes' own years off",
        acknowledged=f"{len(clerks)} reminders due",
        survived="each sent once, at the moment of the database's time",
    )


def test_17_every_task_that_comes_twice_at_once_has_one_effect(
    office: PostOffice, partners: Partners, clock: Clock, worker: Start, tell: Tell
) -> None:
    clerks = partners(30)
    running = worker(concurrency=4)
    move(clock, BEFORE)
    for _time in range(6):
        ring(TICK)
        ring("messages.send_due")
        ring("messages.reconcile")
    wait_for(lambda: len(deliveries()) == 30, PATIENCE, f"the messages; the log:\n{running.log[-2000:]}")
    with scope.everything():
        ids = list(Delivery.objects.values_list("pk", flat=True))
    for one in ids:
        for _time in range(3):
            ring("messages.send", one)
    wait_for_mail(office, set(clerks), running)
    with scope.everything():
        effects = list(Effect.objects.values_list("pk", flat=True))
    for effect in effects:
        for _time in range(2):
            ring("outbox.deliver", effect)
            ring("outbox.deliver_together", effect)
    wait_until_settled(running, sent=30)
    wait_for(lambda: _nothing_waits(), PATIENCE, "the effects")
    time.sleep(2)
    assert copies(office) == dict.fromkeys(clerks, 1)
    assert deliveries() == [("sent", 1)] * 30
    with scope.everything():
        assert set(Effect.objects.values_list("error", flat=True)) == {""}
        assert Reminder.objects.filter(due_at__date__lte=EARLY).count() == 0
    tell(
        17,
        struck="every task of a reminder's way rung for two to six times at once, four processes",
        acknowledged=f"{len(clerks)} reminders",
        survived="each sent once at its first attempt, no effect failed",
    )


def _nothing_waits() -> bool:
    with scope.everything():
        return not Effect.objects.filter(done_at=None).exists()

"""Hostile test 4: the sender dies when the mail server has taken a message and nobody has written it down.

Nobody can know then whether it went out. It is sent once more, as the same message, so that its receiver can tell; and
never a third time.
"""

import os
from collections.abc import Callable

import pytest

from tests.conftest import Clock
from tests.hostile.dying import stages
from tests.hostile.posting.conftest import (
    PATIENCE,
    Arm,
    beat,
    copies,
    deliveries,
    wait_for_mail,
    wait_until_settled,
)
from tests.hostile.table import Tell
from tests.programs.reminders.world import BEFORE, move
from tests.support.postoffice import PostOffice
from tests.support.workers import Worker, wait_for

LAPSED = 7
Start = Callable[..., Worker]
Partners = Callable[[int], list[str]]


def test_04_a_sender_that_dies_after_250_sends_one_copy_under_the_same_id(
    office: PostOffice, partners: Partners, clock: Clock, arm: Arm, worker: Start, tell: Tell
) -> None:
    clerks = partners(6)
    arm("message answered", "kill child")
    running = worker(include=stages.__name__)
    beat(clock, BEFORE)
    wait_for_mail(office, set(clerks), running)
    wait_for(lambda: deliveries(state="sent") == [("sent", 1)] * 5, PATIENCE, "the others to be noted")
    assert copies(office) == dict.fromkeys(clerks, 1), "while its claim holds, nobody touches it"
    move(clock, BEFORE, minutes=LAPSED)
    wait_until_settled(running, sent=6)
    assert sorted(copies(office).values()) == [1] * 5 + [2]
    assert sorted(deliveries()) == [("sent", 1)] * 5 + [("sent", 2)]
    tell(
        4,
        struck="the sender, between the server's 250 and its note of it",
        acknowledged="6 messages by the mail server",
        survived="all six, one of them with one copy more, under the same Message-ID",
    )


@pytest.mark.hostile
def test_04_a_second_death_over_the_same_message_ends_it(
    office: PostOffice, partners: Partners, clock: Clock, arm: Arm, worker: Start
) -> None:
    [to] = partners(1)
    arm("message answered", "kill child", "kill child")
    running = worker(include=stages.__name__)
    beat(clock, BEFORE)
    wait_for_mail(office, {to}, running)
    for times in (1, 2):
        move(clock, BEFORE, minutes=LAPSED * times)
        wait_for(lambda: office.count() == 2, PATIENCE, f"the copy; the log:\n{running.log[-2000:]}")
    wait_until_settled(running, unknown=1)
    move(clock, BEFORE, minutes=LAPSED * 40)
    wait_for(lambda: deliveries() == [("unknown", 2)], PATIENCE, "nobody to have it in hand")
    assert copies(office) == {to: 2}


@pytest.mark.hostile
def test_04_a_sender_that_dies_before_it_hands_over_sends_it_once(
    office: PostOffice, partners: Partners, clock: Clock, arm: Arm, worker: Start
) -> None:
    clerks = partners(3)
    arm("message claimed", "kill child")
    running = worker(include=stages.__name__)
    beat(clock, BEFORE)
    # Its claim dies with its transaction: what it had reserved comes back by itself, as if nobody had touched it.
    wait_until_settled(running, sent=3)
    assert copies(office) == dict.fromkeys(clerks, 1)


@pytest.mark.hostile
def test_04_the_whole_worker_dies_after_250(
    office: PostOffice, partners: Partners, clock: Clock, arm: Arm, worker: Start
) -> None:
    clerks = partners(20)
    arm("message answered", "kill worker")
    running = worker(include=stages.__name__)
    group = os.getpgid(running.pid)
    beat(clock, BEFORE)
    wait_for(lambda: not running.alive, PATIENCE, f"process group {group} to be dead")
    running.kill()
    taken = office.count()
    assert 1 <= taken < 20
    running.start()
    wait_for_mail(office, set(clerks), running)
    move(clock, BEFORE, minutes=LAPSED)
    wait_until_settled(running, sent=20)
    assert sorted(copies(office).values()) == [1] * 19 + [2]

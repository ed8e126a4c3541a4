"""Hostile test 5: whoever sends two thousand messages is killed forty times at random, once with its whole worker."""

import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress

import psutil
import pytest

from tests.conftest import Clock
from tests.hostile.posting.conftest import PATIENCE, beat, copies, deliveries, wait_for_mail, wait_until_settled
from tests.hostile.table import Tell
from tests.programs.reminders.world import BEFORE, move
from tests.support.postoffice import PostOffice
from tests.support.workers import Worker, wait_for

PARTNERS, KILLS, SEED = 2_000, 40, 20_190_408
WHOLE_WORKER = {13, 27}
LONGEST_PAUSE = 0.4
"""Seconds between a sender that has begun and its death: within them it sends some fifty messages."""


def sender(worker: Worker, office: PostOffice) -> int | None:
    """The process that holds a connection to the mail server."""
    for pid in worker.children():
        with suppress(psutil.Error):
            lines = psutil.Process(pid).net_connections("tcp")
            if any(line.raddr and line.raddr.port == office.port for line in lines):
                return pid
    return None


@pytest.mark.hostile
@pytest.mark.timeout(600)
def test_05_forty_deaths_of_the_sender_lose_none_of_two_thousand(
    office: PostOffice, partners: Callable[[int], list[str]], clock: Clock, worker: Callable[..., Worker], tell: Tell
) -> None:
    chance = random.Random(SEED)
    clerks = partners(PARTNERS)
    running = worker()
    beat(clock, BEFORE)
    kills = 0
    while kills < KILLS:
        found = wait_for(lambda: sender(running, office), PATIENCE, f"a sender; {kills} kills so far")
        time.sleep(chance.uniform(0, LONGEST_PAUSE))
        if kills in WHOLE_WORKER:
            running.kill()
            running.start()
        else:
            with suppress(ProcessLookupError):
                os.kill(found, signal.SIGKILL)
        kills += 1
        assert office.count() < PARTNERS or kills == KILLS, "it was all sent before the last kill; pause less"
    wait_for(lambda: not deliveries(state="queued"), PATIENCE, "what nobody holds to be sent")
    move(clock, BEFORE, minutes=15)
    wait_for_mail(office, set(clerks), running)
    wait_until_settled(running, sent=PARTNERS)
    got = copies(office)
    assert set(got) == set(clerks)
    assert sum(got.values()) - PARTNERS <= KILLS
    assert max(got.values()) <= 2, "a message whose copy was interrupted as well is not sent a third time"
    tell(
        5,
        struck=f"the sender {KILLS} times at random, {len(WHOLE_WORKER)} times with its whole worker",
        acknowledged=f"{PARTNERS} reminders written",
        survived=f"all sent, {sum(got.values()) - PARTNERS} copies more, none more than one of the same message",
    )

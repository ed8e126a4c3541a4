"""Hostile test 3: whoever has committed dies before it has told the broker; what it wrote is sent all the same."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable

from backend.accounts import scope
from backend.accounts.models import User
from backend.messages.models import Delivery
from programs.periods.models import Obligation
from tests.conftest import Clock
from tests.hostile.dying import stages
from tests.hostile.posting.conftest import Arm, beat, copies, wait_for_mail, wait_until_settled
from tests.hostile.table import Tell
from tests.programs.reminders.world import BEFORE, move
from tests.support.databases import ROOT, address
from tests.support.postoffice import PostOffice
from tests.support.workers import Worker

REMINDS_AND_DIES = """
import os, signal
import django
django.setup()
from backend import bell
from backend.accounts import scope
from backend.accounts.models import User
from programs.periods.models import Obligation
from programs.reminders.services import remind_now
bell.Bell.ring = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
with scope.everything():
    remind_now(actor=User.objects.get(pk={user}), obligation=Obligation.objects.get(pk={obligation}))
"""


def test_03_the_beat_dies_between_its_commit_and_the_bell(
    office: PostOffice,
    partners: Callable[[int], list[str]],
    clock: Clock,
    arm: Arm,
    worker: Callable[..., Worker],
    tell: Tell,
) -> None:
    clerks = partners(5)
    arm("ringing messages.send_due", "kill child")
    running = worker(include=stages.__name__)
    beat(clock, BEFORE)
    wait_for_mail(office, set(clerks), running)
    wait_until_settled(running, sent=5)
    assert copies(office) == dict.fromkeys(clerks, 1)
    tell(
        3,
        struck="the process that wrote five messages, between its commit and its bell",
        acknowledged="5 reminders written",
        survived="each sent once, by the relay that found them",
    )


def test_03_a_process_of_the_site_dies_between_its_commit_and_the_bell(
    office: PostOffice, partners: Callable[[int], list[str]], clock: Clock, worker: Callable[..., Worker]
) -> None:
    [to] = partners(1)
    move(clock, BEFORE, 8)
    with scope.everything():
        script = REMINDS_AND_DIES.format(
            user=User.objects.get(role="officer").pk, obligation=Obligation.objects.get().pk
        )
    died = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": address("default"), "DATABASE_OWNER_URL": address("owner")},
        timeout=120,
        check=False,
    )
    assert died.returncode == -signal.SIGKILL
    with scope.everything():
        assert [(one.recipient, one.state) for one in Delivery.objects.all()] == [(to, "queued")]
    assert office.count() == 0
    running = worker()
    wait_for_mail(office, {to}, running)
    wait_until_settled(running, sent=1)
    assert copies(office) == {to: 1}

"""A house that reminds its partners by a real worker, and a mail server in a process of its own that says what came."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from backend.accounts import scope
from backend.accounts.models import Organisation
from backend.bell import ring
from backend.messages.models import Delivery
from programs.periods.expected import expect_obligations
from programs.reminders.models import Reminder
from tests.conftest import Clock
from tests.factories import OfficerFactory, PeriodFactory, ProgrammeFactory
from tests.hostile.dying import stages
from tests.programs.reminders.world import DUE, contact, move
from tests.support.postoffice import PostOffice, names_by_recipient
from tests.support.workers import Worker, wait_for

EARLY = dt.date(2019, 4, 1)
PATIENCE = 120.0
TICK = "reminders.tick"
Arm = Callable[..., None]


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[PostOffice]:
    """The mail server of this process and of every worker that is started after it."""
    folder = tmp_path / "office"
    folder.mkdir()
    one = PostOffice(folder).open()
    monkeypatch.setenv("EMAIL_URL", one.url)
    settings.EMAIL_URL = one.url
    yield one
    one.close()


@pytest.fixture
def arm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Arm]:
    """``arm(stage, *what)``: the next processes to come to the stage do it; by the test's end they have."""
    folder = tmp_path / "stages"
    folder.mkdir()
    monkeypatch.setenv(stages.FOLDER, str(folder))
    yield lambda stage, *what: (folder / stage).write_text("\n".join(what))
    left_over = [left.name for left in folder.iterdir() if "." not in left.name.rpartition(" ")[0]]
    assert [name for name in left_over if not name.rpartition(".")[2].isdecimal()] == [], "a stage nobody came to"


@pytest.fixture
def partners(fresh_database: str, clock: Clock) -> Callable[[int], list[str]]:
    """``partners(count)``: so many who owe the first quarter of 2019, on the first of April; who reports for each."""

    def make(count: int) -> list[str]:
        move(clock, EARLY)
        with scope.everything():
            made = Organisation.objects.bulk_create(
                Organisation(
                    code=f"HOSTILE-{n}",
                    name_zh=f"第{n}培训学校",
                    name_en=f"School {n}",
                    kind=Organisation.Kind.TRAINING_PROVIDER,
                    contacts=[contact("submitter", clerk(n)), contact("leader", f"leader{n}@example.com")],
                )
                for n in range(count)
            )
            ProgrammeFactory(organisations=made)
            OfficerFactory(email="officer@example.com")
            PeriodFactory(due_on=DUE)
            expect_obligations()
        return [clerk(n) for n in range(count)]

    return make


def clerk(n: int) -> str:
    """The address of who reports for the partner of that number."""
    return f"clerk{n}@example.com"


def beat(clock: Clock, day: dt.date, hour: int = 9, minutes: int = 0) -> None:
    """Moves the database's time, and rings as beat would."""
    move(clock, day, hour, minutes)
    ring(TICK)


def copies(office: PostOffice) -> dict[str, int]:
    """How many messages each recipient got; whoever got two different ones is an error."""
    names = names_by_recipient(office.taken())
    twice = [to for to, found in names.items() if len(found) > 1]
    assert not twice, f"{twice[:5]} got two different messages"
    return {to: found.total() for to, found in names.items()}


def wait_for_mail(office: PostOffice, wanted: set[str], worker: Worker) -> None:
    """Waits until everybody has got something."""
    wait_for(
        lambda: wanted <= {one.recipient for one in office.taken()},
        PATIENCE,
        f"mail to all of {len(wanted)}; the worker's log:\n{worker.log[-3000:]}",
    )


def wait_until_settled(worker: Worker, **wanted: int) -> None:
    """Waits until the books say so of the reminders that are not scheduled, by their states."""

    def states() -> Counter[str]:
        with scope.everything():
            return Counter(Reminder.objects.exclude(state="scheduled").values_list("state", flat=True))

    wait_for(lambda: states() == wanted, PATIENCE, f"{wanted}, not {states()}; the log:\n{worker.log[-3000:]}")


def deliveries(**filters: Any) -> list[tuple[str, int]]:
    """State and attempts of the messages."""
    with scope.everything():
        return list(Delivery.objects.filter(**filters).order_by("pk").values_list("state", "attempts"))


def email_url() -> str:
    """Where this process sends."""
    return str(django_settings.EMAIL_URL)

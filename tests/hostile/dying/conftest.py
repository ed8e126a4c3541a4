"""A house whose worker dies where a test wants it to, on a day of April 2019 on which reminders are still to come."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_django.plugin import DjangoDbBlocker

from programs.periods.expected import expect_obligations
from tests.conftest import Clock
from tests.factories import OfficerFactory
from tests.hostile.dying import stages
from tests.hostile.house.clerk import Clerk
from tests.programs.reminders.world import contact, move
from tests.support.databases import Databases
from tests.support.sites import serving
from tests.support.workers import Worker

TODAY = dt.date(2019, 4, 2)
Arm = Callable[..., None]


@pytest.fixture(scope="package")
def house(
    databases: Databases,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    broker_prefix: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[str, Worker, Path]]:
    """The site's address, the worker behind it, and the folder in which its stages are armed."""
    name = databases.clone()
    folder = tmp_path_factory.mktemp("stages")
    with (
        django_db_blocker.unblock(),
        databases.using(name),
        serving() as url,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv(stages.FOLDER, str(folder))
        clock = Clock()
        move(clock, TODAY)
        OfficerFactory(email="officer@example.com")
        worker = Worker(broker_prefix, include=stages.__name__, lease=2.0)
        try:
            yield url, worker.start(), folder
        finally:
            worker.close()
            clock.close()
    databases.let_go(name)


@pytest.fixture
def arm(house: tuple[str, Worker, Path]) -> Iterator[Arm]:
    """``arm(stage, *what)``: the next processes to come to the stage do it; by the test's end they have."""
    folder = house[2]
    for left in folder.iterdir():
        left.unlink()
    yield lambda stage, *what: (folder / stage).write_text("\n".join(what))
    left_over = [left.name for left in folder.iterdir() if "." not in left.name]
    assert left_over == [], "a stage that no process ever came to"


@pytest.fixture
def clerk(house: tuple[str, Worker, Path]) -> Clerk:
    """A clerk of the house."""
    return owing_clerk(*house[:2])


def owing_clerk(url: str, worker: Worker) -> Clerk:
    """A clerk whose organisation owes a report, and is reminded of it."""
    clerk = Clerk(url, worker)
    organisation = clerk.partner.organisation
    organisation.contacts = [contact("submitter", "clerk@example.com"), contact("leader", "leader@example.com")]
    organisation.save(update_fields=["contacts"])
    expect_obligations()
    return clerk

"""One house for all tests of this folder: a database, the site, and a worker that outlives whatever is sent."""

from collections.abc import Callable, Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from backend.accounts.models import User
from tests.hostile.house.clerk import Clerk, Visitor
from tests.support.databases import Databases
from tests.support.sites import serving
from tests.support.workers import Worker


@pytest.fixture(scope="package")
def house(
    databases: Databases, django_db_setup: None, django_db_blocker: DjangoDbBlocker, broker_prefix: str
) -> Iterator[tuple[str, Worker]]:
    """The site's address, and the worker behind it."""
    name = databases.clone()
    with django_db_blocker.unblock(), databases.using(name), serving() as url:
        worker = Worker(broker_prefix, lease=10.0)
        try:
            yield url, worker.start()
        finally:
            worker.close()
    databases.let_go(name)


@pytest.fixture
def hire(house: tuple[str, Worker]) -> Iterator[Callable[[], Clerk]]:
    """``hire()``: a clerk of a new organisation; none of the worker's processes dies of what clerks send."""
    url, worker = house
    before = len(worker.log)
    yield lambda: Clerk(url, worker)
    said = worker.log[before:]
    assert "WorkerLostError" not in said
    assert "exited with" not in said


@pytest.fixture
def clerk(hire: Callable[[], Clerk]) -> Clerk:
    """A clerk."""
    return hire()


@pytest.fixture
def visit(house: tuple[str, Worker]) -> Callable[[User], Visitor]:
    """``visit(user)``: anybody else who calls."""
    return lambda user: Visitor(house[0], user)

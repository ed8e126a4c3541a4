"""A small world that counts, and whoever looks at it through the pages."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from backend.accounts.models import User
from tests.factories import ManagerFactory, PersonFactory, PersonReportFactory
from tests.programs.targets.world import MASTER, SENIOR, World


@pytest.fixture
def world(scope_all: None) -> World:
    """The small world, in the test's transaction, with the shipped plan in force."""
    return World()


@pytest.fixture
def settled(world: World) -> World:
    """Five people: three trained at A, one at B, one introduced by the company; two of them high-end."""
    for completed_on, holding in (
        ("2018-03-30", [(MASTER, "2016-06-30")]),
        ("2018-05-31", []),
        ("2019-03-29", [(SENIOR, "2019-07-01")]),
    ):
        known(world, completed_on, *holding, district="520102", segment="core")
    known(world, "2019-03-15", by=world.b)
    known(world, "2019-04-01", by=world.c, district="520103", segment="related")
    world.settle()
    return world


def known(world: World, completed_on: str | None, *holding: tuple[str, str], **values: Any) -> Any:
    """A record of somebody new, with a document, as the loader would have written them."""
    person = PersonFactory()
    record = world.record(person, completed_on, *holding, **values)
    PersonReportFactory(organisation=record.organisation, person=person)
    return record


@pytest.fixture
def browse() -> Callable[..., Client]:
    """``browse(user)``: a browser signed in as ``user``, a manager unless it is said otherwise, reading English."""

    def begin(user: User | None = None, **headers: str) -> Client:
        client = Client(headers=headers)
        client.force_login(user or ManagerFactory(), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return begin

"""A world whose plan is under way today, and who is written to when something goes wrong in it."""

import datetime as dt

import pytest

from backend.accounts.models import User
from backend.clock import today
from programs.catalogue.models import Programme
from tests.factories import AdminFactory, ManagerFactory, OfficerFactory
from tests.programs.targets.world import World
from tests.support.goals import put_goals

YEAR = dt.timedelta(days=365)


@pytest.fixture
def readers(scope_all: None) -> dict[str, User]:
    """Two managers who read different languages, an administrator and an officer, all of them with an address."""
    return {
        "chen": ManagerFactory(username="chen", email="chen@example.com", language="zh-hans"),
        "smith": ManagerFactory(username="smith", email="smith@example.com", language="en"),
        "admin": AdminFactory(username="root", email="root@example.com", language="en"),
        "officer": OfficerFactory(email="officer@example.com"),
    }


@pytest.fixture
def world(scope_all: None) -> World:
    """The small world; plan and programmes run from a year ago to a year from now, and nothing is off pace."""
    world, day = World(), today()
    put_goals(starts_on=day - YEAR, ends_on=day + YEAR, goal=1)
    Programme.objects.update(starts_on=day - YEAR, ends_on=day + YEAR)
    return world

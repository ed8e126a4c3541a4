"""A small world whose plan is under way, a manager who publishes, and readers."""

import datetime as dt

import pytest

from backend.accounts.models import User
from backend.clock import today
from programs.briefings.kinds import Kind, Period, finished
from programs.catalogue.models import Programme
from programs.snapshots import services as snapshots
from programs.snapshots.models import Snapshot
from programs.targets.models import Plan
from tests.factories import ManagerFactory, OfficerFactory
from tests.programs.targets.world import MASTER, World
from tests.support.goals import put_goals
from tests.support.http import Caller

YEAR = dt.timedelta(days=400)


@pytest.fixture
def month(db: None) -> Period:
    """The last month that is over."""
    return finished(Kind.MONTH, today())


@pytest.fixture
def world(scope_all: None, month: Period) -> World:
    """Three high-end of the month before, at A, and two more of other kinds; the plan has been under way for a year."""
    day = month.last.isoformat()
    world = World()
    for _number in range(3):
        world.record(world.person(), day, (MASTER, "2016-06-30"), district="520102")
    world.record(world.person(), day)
    world.record(world.person(), day, by=world.b)
    put_goals(starts_on=today() - YEAR, ends_on=today() + YEAR)
    Programme.objects.update(starts_on=today() - YEAR, ends_on=today() + YEAR)
    Plan.objects.update(starts_on=today() - YEAR, ends_on=today() + YEAR)
    world.settle()
    return world


@pytest.fixture
def chen(scope_all: None) -> User:
    return ManagerFactory(username="chen", email="chen@example.com", language="zh-hans")


@pytest.fixture
def manager(world: World, chen: User) -> Caller:
    return Caller(chen, **{"accept-language": "en"})


@pytest.fixture
def officer(scope_all: None) -> User:
    """Somebody without an address, who reads English."""
    return OfficerFactory(username="wang", email="", language="en")


def published(actor: User, as_of: dt.date) -> Snapshot:
    """A snapshot of the shipped plan."""
    plan = Plan.objects.get(code="digital-valley-2020")
    return snapshots.publish(actor=actor, plan=plan, title="月度数据", as_of=as_of)

"""Calls made up from the whole of the API's description, as every role: no fault, nothing undescribed, no leak.

``make test`` sends each operation two calls, one that fits its description and one that does not, as roles in turn;
``make hostile`` sends ``MAX_EXAMPLES`` of each kind as every role, and walks from answer to answer where one names what
the next takes.
"""

import os
from collections.abc import Callable

import pytest
from hypothesis import settings as bounds

from tests.hostile.openapi import BOUNDS, Driver
from tests.policy.world import ACTORS, World

pytestmark = pytest.mark.django_db
MAX_EXAMPLES = int(os.environ.get("MAX_EXAMPLES", "4"))
WALKS = int(os.environ.get("WALKS", "12"))


@pytest.fixture
def driver(db: None, run_jobs: Callable[[], int], settings: object, monkeypatch: pytest.MonkeyPatch) -> Driver:
    world = World(run_jobs)
    world.other.report([world.other.row(n) for n in (101, 102)])
    return Driver(world)


def told(driver: Driver) -> str:
    calls, statuses = sum(driver.cases.values()), dict(sorted(driver.statuses.items()))
    return f"{len(driver.operations())} operations, {calls} calls, {statuses}, {len(driver.defects)} defects"


def test_every_operation_keeps_to_its_description(driver: Driver) -> None:
    with driver.running():
        for place, operation in enumerate(driver.operations()):
            for turn, mode in enumerate(BOUNDS):
                driver.try_out(operation, (ACTORS[(place + turn * 3) % len(ACTORS)],), mode, 1)
    print(told(driver))
    assert driver.defects == {}
    assert len(driver.cases) == len(ACTORS)
    assert driver.statuses.keys() > {200, 400, 401, 403, 404}


@pytest.mark.hostile
@pytest.mark.timeout(3600)
def test_every_role_at_every_operation(driver: Driver) -> None:
    with driver.running():
        for operation in driver.operations():
            for mode in BOUNDS:
                driver.try_out(operation, ACTORS, mode, MAX_EXAMPLES)
    print(told(driver))
    assert driver.defects == {}


@pytest.mark.hostile
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("actor", [one for one in ACTORS if one != "anonymous"])
def test_every_role_walks_from_answer_to_answer(driver: Driver, actor: str) -> None:
    """Stateful: what one answer names is put into the next call; a walk is undone at its end."""
    with driver.running():
        driver.walk(actor, bounds(max_examples=WALKS, stateful_step_count=12, derandomize=True, database=None))
    print(actor, told(driver))
    assert driver.defects == {}
    assert driver.cases[actor] > WALKS

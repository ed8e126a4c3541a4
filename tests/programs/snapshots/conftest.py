"""A small world that counts, and somebody who publishes what it comes to."""

from typing import Any

import pytest

from tests.factories import ManagerFactory
from tests.programs.targets.world import MASTER, World
from tests.support.http import Caller

DAY = "2019-06-30"


@pytest.fixture
def world(scope_all: None) -> World:
    """Three high-end at A, one more at A and one at B who count towards all alone."""
    world = World()
    for number in range(3):
        world.record(world.person(), f"2019-03-{number + 10}", (MASTER, "2016-06-30"), district="520102")
    world.record(world.person(), "2019-04-01")
    world.record(world.person(), "2019-04-02", by=world.b)
    world.settle()
    return world


@pytest.fixture
def manager(world: World) -> Caller:
    return Caller(ManagerFactory(username="chen"), **{"accept-language": "en"})


def publish(manager: Caller, **body: Any) -> Any:
    """A snapshot of the shipped plan, as of the middle of 2019 unless it is said otherwise."""
    answer = manager.post(
        "snapshots/", {"plan": "digital-valley-2020", "title": "半年数据", "as_of": DAY, **body}, format="json"
    )
    assert answer.status_code == 201, answer.json()
    return answer.json()


def restatement(caller: Caller, snapshot: Any, **params: Any) -> dict[str, Any]:
    """What has changed since, by target's code beside the whole answer."""
    answer = caller.get(f"snapshots/{snapshot['id']}/restatement/", params)
    assert answer.status_code == 200, answer.json()
    body: dict[str, Any] = answer.json()
    return body | {one["target"]: one for one in body["targets"]}

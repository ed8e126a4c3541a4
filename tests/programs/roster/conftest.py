"""What the roster's tests start from."""

from collections.abc import Callable

import pytest

from tests.programs.targets.world import World
from tests.support.rosters import refresh_roster


@pytest.fixture
def world(scope_all: None) -> World:
    """The small world, in the test's transaction, with the shipped plan in force."""
    return World()


@pytest.fixture
def refreshed() -> Callable[[], None]:
    """``refreshed()``: everybody's entries made anew."""
    return refresh_roster

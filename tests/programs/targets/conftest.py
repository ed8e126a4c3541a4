"""What the targets' tests start from."""

import pytest

from tests.programs.targets.world import World


@pytest.fixture
def world(scope_all: None) -> World:
    """The small world, in the test's transaction, with the shipped plan in force."""
    return World()

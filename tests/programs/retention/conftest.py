"""What the tests of retention start from."""

import pytest

from tests.programs.retention.world import Town


@pytest.fixture
def town(scope_all: None) -> Town:
    """The town, in the test's transaction, with quarters from 2018 to 2021."""
    town = Town()
    town.quarters()
    return town

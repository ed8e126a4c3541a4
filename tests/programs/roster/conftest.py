"""What the roster's tests start from."""

from collections.abc import Callable

import pytest

from backend.accounts.scope import everything
from programs.roster.refresh import refresh
from talent.people.models import Person
from tests.programs.targets.world import World


@pytest.fixture
def world(scope_all: None) -> World:
    """The small world, in the test's transaction, with the shipped plan in force."""
    return World()


@pytest.fixture
def refreshed() -> Callable[[], None]:
    """``refreshed()``: everybody's entries made anew."""

    def make() -> None:
        with everything():
            refresh(list(Person.objects.values_list("pk", flat=True)))

    return make

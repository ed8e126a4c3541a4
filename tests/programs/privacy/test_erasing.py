"""A person is erased everywhere, and nothing that was published or belongs to others changes."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from backend.accounts.scope import everything
from programs.privacy.models import State
from programs.targets.explaining import explain
from programs.targets.gap_check import misfits
from programs.targets.recount import recount
from programs.targets.services import settle
from tests.programs.privacy.world import CERTIFICATE, EMAIL, MOBILE, NAME, NUMBER, OTHER_NAME, TRAIL, World, left

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(run_jobs: Callable[[], int]) -> World:
    return World(run_jobs)


def figures() -> list[tuple[Any, ...]]:
    """Ledger, standings and cube as they are."""
    settle(wait=True)
    with everything(), connection.cursor() as cursor:
        found: list[tuple[Any, ...]] = []
        for statement in (
            "SELECT target_id, person_id, number, delta, effective_on, reason FROM ledger_entry ORDER BY 1, 2, 3",
            "SELECT target_id, person_id, number, effective_on FROM standing ORDER BY 1, 2",
            "SELECT target_id, grain, dimension, key, starts_on, heads FROM cube_cell ORDER BY 1, 2, 3, 4, 5",
        ):
            cursor.execute(statement)
            found += cursor.fetchall()
    return found


def test_nothing_is_left_of_them_and_every_figure_stays(world: World) -> None:
    before = figures()
    assert left(NAME)
    assert left(NUMBER)
    request = world.erased()
    assert (request.state, request.closed_by_id) == (State.ANSWERED, world.colleague.pk)
    assert left(NUMBER, MOBILE, EMAIL, CERTIFICATE) == []
    assert set(left(NAME, OTHER_NAME)) <= {TRAIL}
    assert figures() == before
    found = recount()
    explain(wait=True)
    assert (found.agrees, misfits()) == (True, (0, 0))

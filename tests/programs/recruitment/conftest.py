"""The world of recruitment, made for each test."""

from collections.abc import Callable

import pytest

from tests.programs.recruitment.world import World


@pytest.fixture
def world(scope_all: None, run_jobs: Callable[[], int]) -> World:
    """An employer and another one."""
    return World(run_jobs)

"""The tests' own template, known while a test runs, and a partner that plans cohorts."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from programs.intake.templates.template import Template, forget, register
from tests.programs.intake.templates.cohorts import COHORTS
from tests.programs.intake.templates.planner import Planner


@pytest.fixture
def cohorts() -> Iterator[Template]:
    """The template ``cohorts/1``, for as long as the test runs."""
    register(COHORTS)
    yield COHORTS
    forget(COHORTS)


@pytest.fixture
def planner(cohorts: Template, db: Any, run_jobs: Callable[[], int]) -> Planner:
    """A partner that sends what cohorts it plans."""
    return Planner(run_jobs)

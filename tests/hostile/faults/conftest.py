"""One system for all tests of this folder, and the journal by which each is judged."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.hostile.faults.journal import Journal
from tests.hostile.faults.system import System


@pytest.fixture(scope="package")
def running(
    django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory, broker_prefix: str
) -> Iterator[System]:
    """The system, whatever state a test has left it in."""
    with django_db_blocker.unblock(), System(tmp_path_factory.mktemp("system")) as system:
        yield system


@pytest.fixture
def system(running: System) -> System:
    """The system, all of it well."""
    running.mend()
    return running


@pytest.fixture
def journal(system: System) -> Callable[..., Journal]:
    """``journal(clerks=3, officers=2)``: clerks and officers of their own, and the book that they keep."""

    def make(**options: Any) -> Journal:
        return Journal(system, **options)

    return make

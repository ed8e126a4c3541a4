"""What every test stands on: a database of its own making, a scope, and means to do background work.

* ``db`` (or ``@pytest.mark.django_db``): the test runs as the application's login in a transaction that is rolled back.
  It sees no row until it enters a scope: ``scope_all``, ``as_officer``, ``as_partner(organisation)``.
* ``fresh_database``: for what must commit. A clone of the template, with every process and thread that the test starts
  on it, dropped afterwards. Not together with ``db``.
* ``shared_database``: the same for a whole module.
* ``run_jobs()``: does the background work in this process; ``worker()``: a real worker, with ``fresh_database``.
* ``server``: the site over HTTP, with ``fresh_database``.
* ``clock``: moves the database's time.
"""

import datetime as dt
import gc
import os
from collections.abc import Callable, Iterator
from typing import Any, LiteralString

import psycopg
import pytest
from django.conf import settings as django_settings
from django.core import signals
from django.core.cache import caches
from django.db import connection, connections
from django.test.utils import override_settings
from django.utils.translation.reloader import translation_file_changed
from hypothesis import HealthCheck
from hypothesis import settings as examples
from pytest_django.plugin import DjangoDbBlocker

from backend import bell, translation
from backend.accounts import scope
from backend.accounts.models import Organisation, User
from backend.audit.context import acting
from backend.celery import app
from backend.vault import keys
from tests.support import work
from tests.support.databases import Databases, address
from tests.support.sites import serving
from tests.support.workers import Worker, forget_queue

NO_SCOPE = ("", "", "", "", "")
FIRST = (
    *("tests/acceptance", "tests/policy", "tests/programs/demo/test_walk", "tests/deploy/test_running"),
    *("tests/browser", "tests/programs/roster/test_costs", "tests/hostile", "tests/backend/jobs"),
    *("tests/backend/embedded", "tests/histories", "tests/years"),
)
"""What takes or waits longest: begun first, it runs beside everything else, and nobody waits for it at the end."""


# A busy machine is slow to draw and to run examples; that is no fault of what is tried.
examples.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
examples.load_profile("untimed")


def pytest_configure(config: pytest.Config) -> None:
    """Compile the Chinese sentences once, before the workers start; what Django read before them it forgets."""
    if not hasattr(config, "workerinput"):
        translation.compile_messages()
        translation_file_changed(sender=None, file_path=translation.MO)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse the ways of pytest-django that empty tables by TRUNCATE, and put the long tests in front."""
    items.sort(
        key=lambda item: next((place for place, one in enumerate(FIRST) if item.nodeid.startswith(one)), len(FIRST))
    )
    for item in items:
        marker = item.get_closest_marker("django_db")
        fixtures = set(getattr(item, "fixturenames", ()))
        if (marker and marker.kwargs.get("transaction")) or fixtures & {"transactional_db", "live_server"}:
            raise pytest.UsageError(f"{item.nodeid}: tables cannot be emptied here; use fresh_database (and server).")
        kinds = {"db" if marker else None, *fixtures} & {"db", "fresh_database", "shared_database"}
        if len(kinds) > 1:
            raise pytest.UsageError(f"{item.nodeid}: {' and '.join(sorted(kinds))} exclude each other.")


def pytest_collection_finish() -> None:
    """Have the collector pass over what stands for the whole session: every module and every test, in each worker."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def databases(django_db_blocker: DjangoDbBlocker) -> Iterator[Databases]:
    """The session's databases, with the template built."""
    with django_db_blocker.unblock():
        own = Databases()
        own.prepare()
    yield own
    own.close()


@pytest.fixture(scope="session")
def django_db_setup(databases: Databases, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A clone of the template for all tests of this process that roll back."""
    name = databases.clone()
    with databases.using(name):
        yield
    with django_db_blocker.unblock():
        databases.let_go(name)


@pytest.fixture(scope="session", autouse=True)
def plain_assets() -> Iterator[None]:
    """The pages' files straight from where they lie: collecting them is what set-up does."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(STORAGES={**django_settings.STORAGES, "staticfiles": plain}):
        yield


@pytest.fixture(scope="session", autouse=True)
def without_workers() -> Iterator[None]:
    """Most tests have no worker, so their pages need not say that none is there."""
    with override_settings(WORK_WATCHED=False):
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Passwords that cost next to nothing to check: a million rounds for every sign-in are what the site does."""
    with override_settings(PASSWORD_HASHERS=["tests.support.hashing.QuickHasher"]):
        yield


@pytest.fixture(scope="session", autouse=True)
def broker_prefix() -> Iterator[str]:
    """A key prefix of this process's own, for broker and cache."""
    prefix = f"test-{os.getpid()}-{os.urandom(3).hex()}"
    os.environ["REDIS_PREFIX"] = prefix
    app.conf.broker_transport_options = {**app.conf.broker_transport_options, "global_keyprefix": f"{prefix}:"}
    django_settings.CACHES["default"]["KEY_PREFIX"] = prefix
    caches.close_all()
    yield prefix
    forget_queue(prefix)


@pytest.fixture(autouse=True)
def own_action() -> Iterator[None]:
    """Whoever a test names as acting is forgotten after it."""
    with acting():
        yield


@pytest.fixture(scope="session", autouse=True)
def requests_begin_without_scope() -> Iterator[None]:
    """In a test's transaction, the test client's requests must not inherit the test's scope, nor leave theirs."""
    before: list[scope.Settings] = []

    def begin(**_: Any) -> None:
        if connection.in_atomic_block:
            before.append(scope._set(NO_SCOPE))

    def end(**_: Any) -> None:
        if before and connection.in_atomic_block and not connection.needs_rollback:
            scope._set(before.pop())

    signals.request_started.connect(begin)
    signals.request_finished.connect(end)
    yield
    signals.request_started.disconnect(begin)
    signals.request_finished.disconnect(end)


@pytest.fixture
def fresh_database(
    databases: Databases, django_db_setup: None, django_db_blocker: DjangoDbBlocker, broker_prefix: str
) -> Iterator[str]:
    """A database of the test's own, where commits are real; its name."""
    name = databases.clone()
    with django_db_blocker.unblock(), databases.using(name):
        yield name
        connections.close_all()
    databases.let_go(name)
    forget_queue(broker_prefix)


@pytest.fixture(scope="module")
def shared_database(databases: Databases, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """As ``fresh_database``, but shared by the tests of a module that do not get in each other's way."""
    name = databases.clone()
    with django_db_blocker.unblock(), databases.using(name):
        yield name
        connections.close_all()
    databases.let_go(name)


@pytest.fixture
def scope_all(db: None) -> Iterator[None]:
    """The test sees every organisation's rows."""
    with scope.everything():
        yield


@pytest.fixture
def as_officer(db: None) -> User:
    """An officer, in whose scope the test runs."""
    from tests.factories import OfficerFactory

    officer = OfficerFactory()
    scope.enter(officer)
    return officer


@pytest.fixture
def as_partner(db: None) -> Callable[..., User]:
    """``as_partner(organisation)``: a partner of it, in whose scope the test runs from then on."""
    from tests.factories import PartnerFactory

    def enter(organisation: Organisation | None = None) -> User:
        partner = PartnerFactory(**({"organisation": organisation} if organisation else {}))
        scope.enter(partner)
        return partner

    return enter


@pytest.fixture
def run_jobs() -> Callable[[], int]:
    """``run_jobs()``: carries out everything that waits, in this process; see ``tests.support.work``."""
    return work.run_jobs


@pytest.fixture
def worker(fresh_database: str, broker_prefix: str) -> Iterator[Callable[..., Worker]]:
    """``worker(include=…, concurrency=…, lease=…)``: starts a real worker on the fresh database."""
    started: list[Worker] = []

    def start(**options: Any) -> Worker:
        started.append(Worker(broker_prefix, **options))
        return started[-1].start()

    yield start
    for one in started:
        one.close()


@pytest.fixture
def server(fresh_database: str) -> Iterator[str]:
    """The site on the fresh database, from threads of this process; its address, such as ``http://127.0.0.1:41234``."""
    with serving() as url:
        yield url


class Clock:
    """The database's time, moved by the owner; the application may only read it."""

    def __init__(self) -> None:
        self._owner = psycopg.connect(address("owner"), autocommit=True)

    def shift(self, **by: float) -> None:
        """Move the time; ``clock.shift(days=3)`` counts from the real time, not from the last shift."""
        self._as_owner(
            "INSERT INTO clock_offset (shift) VALUES (%s) ON CONFLICT (id) DO UPDATE SET shift = excluded.shift",
            [dt.timedelta(**by)],
        )

    def reset(self) -> None:
        """Back to the real time."""
        self._as_owner("DELETE FROM clock_offset", [])

    def close(self) -> None:
        """Back to the real time, for good."""
        self.reset()
        self._owner.close()

    def _as_owner(self, statement: LiteralString, values: list[Any]) -> None:
        self._owner.execute(statement, values)


@pytest.fixture
def clock(request: pytest.FixtureRequest) -> Iterator[Clock]:
    """Moves the database's time for one test, with either kind of database."""
    request.getfixturevalue("fresh_database" if "fresh_database" in request.fixturenames else "db")
    moved = Clock()
    yield moved
    moved.close()


@pytest.fixture(autouse=True)
def quiet_bell() -> None:
    """A broker that failed in one test is asked again in the next."""
    bell._bell._quiet_until = 0.0


@pytest.fixture
def other_keys() -> Iterator[None]:
    """Forget the vault's keys before and after a test that changes them."""
    keys.forget()
    yield
    keys.forget()

"""Hostile test 35: whatever ends a piece of work, no organisation stays on the connection that goes on to the next one.

Each thread keeps one connection, as a thread of the server's and a process of the worker's do.
"""

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.test import Client

from backend.accounts import scope
from backend.accounts.models import User
from backend.audit.services import enter_audit
from programs.records import selectors
from programs.records.models import Record
from programs.submissions.models import Submission
from tests.factories import AdminFactory, OfficerFactory, OrganisationFactory, PartnerFactory, RecordFactory
from tests.hostile.test_33_others_ids import NOT_HERE
from tests.support.databases import address
from tests.support.http import token_for

THREADS = 3
ROUNDS = 40
SETTINGS = ("scope", "organisation", "user", "districts", "parts")


class Broken(Exception):
    """What goes wrong in the middle of something."""


class House:
    """Two partners with a record each, those who ask, and their tokens."""

    def __init__(self) -> None:
        self.ours, self.theirs = OrganisationFactory(), OrganisationFactory()
        self.records = [RecordFactory(organisation=one) for one in (self.ours, self.theirs)]
        users: list[User] = [PartnerFactory(organisation=self.ours), OfficerFactory(), AdminFactory()]
        self.users = users
        self.tokens = {user.pk: token_for(user) for user in users}

    def get(self, path: str, user: User, **asked: Any) -> Any:
        """The API's answer; an error of the server's is an answer too."""
        client = Client(raise_request_exception=False, headers={"Authorization": f"Token {self.tokens[user.pk]}"})
        return client.get(f"/api/v1/{path}", asked)

    def page(self, path: str, user: User) -> Any:
        client = Client(raise_request_exception=False)
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client.get(path)


@pytest.fixture(scope="module")
def house(shared_database: str) -> House:
    return House()


def left_behind() -> tuple[int, list[str], int]:
    """The connection, what of a scope is left on it, and how many rows it sees by itself."""
    with connection.cursor() as cursor:
        told = ", ".join(f"coalesce(current_setting('shugu.{name}', true), '')" for name in SETTINGS)
        cursor.execute(f"SELECT pg_backend_pid(), {told}")
        pid, *settings = cursor.fetchone()
    return pid, [one for one in settings if one], Record.objects.count() + Submission.objects.count()


def answered(house: House, user: User) -> None:
    assert house.get("records/", user).status_code == 200


def refused(house: House, user: User) -> None:
    assert house.get(f"records/{house.records[1].pk + NOT_HERE}/", user).status_code == 404
    assert house.get("records/", user, no_such_filter="1").status_code == 400


def a_page_that_refuses_in_a_savepoint(house: House, user: User) -> None:
    assert house.page(f"/records/{house.records[0].pk + NOT_HERE}/", user).status_code == 404


def a_guess(house: House, user: User) -> None:
    """The trail is told behind the answer, in a scope of its own."""
    house.get(f"records/{house.records[1].pk}/", user)


def an_export(house: House, user: User) -> None:
    answer = house.get("records/", user, format="csv")
    assert b"".join(answer.streaming_content)
    answer.close()


def an_export_broken_off(house: House, user: User) -> None:
    answer = house.get("records/", user, format="xlsx")
    next(iter(answer.streaming_content))
    answer.close()


def a_fault_in_the_view(house: House, user: User) -> None:
    with breaking(Broken):
        assert house.get("records/", user).status_code == 500


def a_fault_of_the_database_in_the_view(house: House, user: User) -> None:
    with breaking(None):
        assert house.get("records/", user).status_code in (400, 500)


def a_task_that_fails(house: House, user: User) -> None:
    with suppress(Broken), scope.everything():
        assert Record.objects.count() == 2
        raise Broken


def a_task_that_fails_in_a_savepoint(house: House, user: User) -> None:
    with transaction.atomic():
        with suppress(Broken), scope.within(house.ours.pk):
            assert Record.objects.count() == 1
            raise Broken
        assert not Record.objects.exists()
        with suppress(DatabaseError), scope.everything(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        assert not Record.objects.exists()


def a_request_within_a_savepoint_that_is_released(house: House, user: User) -> None:
    with transaction.atomic():
        with transaction.atomic():
            scope.enter(user)
        enter_audit(action="record.seen", subject=("record", 1))


def a_rolled_back_request(house: House, user: User) -> None:
    with transaction.atomic():
        scope.enter(user)
        transaction.set_rollback(True)


def a_connection_that_is_cut(house: House, user: User) -> None:
    """The server ends the session in the middle: the next one is another, and has nothing either."""
    with suppress(DatabaseError), scope.everything():
        with psycopg.connect(address("default"), autocommit=True) as beside:
            beside.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
        Record.objects.count()
    connection.close()


FATES: list[Callable[[House, User], None]] = [
    answered,
    refused,
    a_page_that_refuses_in_a_savepoint,
    a_guess,
    an_export,
    an_export_broken_off,
    a_fault_in_the_view,
    a_fault_of_the_database_in_the_view,
    a_task_that_fails,
    a_task_that_fails_in_a_savepoint,
    a_request_within_a_savepoint_that_is_released,
    a_rolled_back_request,
]
"""``a_connection_that_is_cut`` is tried by itself: after it the connection is another one."""

_here = threading.local()
_records = selectors.records


class breaking:
    """While it lasts, reading records fails in this thread: by an exception, or by a statement that fails."""

    def __init__(self, error: type[Exception] | None) -> None:
        self.error = error

    def __enter__(self) -> None:
        _here.breaks = self

    def __exit__(self, *told: object) -> None:
        _here.breaks = None


@pytest.fixture(autouse=True)
def may_break(monkeypatch: pytest.MonkeyPatch) -> None:
    def records(actor: User | None) -> Any:
        breaks = getattr(_here, "breaks", None)
        if breaks is None:
            return _records(actor)
        assert _records(actor).exists(), "the scope stood when it broke"
        if breaks.error is None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 / 0")
        raise breaks.error

    monkeypatch.setattr(selectors, "records", records)


@pytest.mark.parametrize("fate", FATES, ids=lambda one: one.__name__)
def test_35_nothing_is_left_after_each(house: House, fate: Callable[[House, User], None]) -> None:
    for user in house.users:
        before = left_behind()[0]
        fate(house, user)
        assert left_behind() == (before, [], 0), "the same connection, and nobody's scope on it"


def test_35_nothing_comes_back_with_a_new_connection(house: House) -> None:
    before = left_behind()[0]
    a_connection_that_is_cut(house, house.users[0])
    after, *rest = left_behind()
    assert after != before
    assert rest == [[], 0]


def test_35_nothing_is_left_whatever_follows_what_in_many_threads(house: House) -> None:
    """Each thread takes fates at random on its own connection; all run beside each other."""

    def live(seed: int) -> set[int]:
        chance, pids = random.Random(seed), set()
        for _ in range(ROUNDS):
            chance.choice(FATES)(house, chance.choice(house.users))
            pid, *rest = left_behind()
            assert rest == [[], 0]
            pids.add(pid)
        connections.close_all()
        return pids

    with ThreadPoolExecutor(THREADS) as threads:
        pids = list(threads.map(live, range(THREADS)))
    assert [len(one) for one in pids] == [1] * THREADS, "a connection for each thread, kept all along"

"""Settling with real commits: two at once, killed in the middle, without a bell, with the clock put back."""

import threading
import time
from collections.abc import Callable

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from backend.accounts.scope import NoTransaction, everything
from programs.records.models import Record
from programs.targets import books, services, settle
from programs.targets.models import Book, LedgerEntry, Standing
from programs.targets.recount import recount
from talent.people.models import PersonChange
from talent.people.services import mark_changed
from tests.conftest import Clock
from tests.programs.targets.world import MASTER, World
from tests.support.databases import address, admin_url
from tests.support.workers import Worker, wait_for

Start = Callable[..., Worker]


@pytest.fixture
def town(fresh_database: str) -> World:
    """The small world on a database of the test's own."""
    return World()


def people(world: World, count: int) -> None:
    """``count`` people with a verified record each, every other one high-end; all marked."""
    with everything():
        for number in range(count):
            holding = [(MASTER, "2016-06-30")] if number % 2 else []
            world.record(world.person(), f"2018-{number % 12 + 1:02}-15", *holding)


def posted() -> tuple[int, int]:
    """How many entries the ledger has, and how many marks wait."""
    with everything():
        return LedgerEntry.objects.count(), PersonChange.objects.count()


def agreed() -> None:
    """The books agree with the records, and nobody was counted twice."""
    found = recount()
    assert found.agrees, found
    assert not any(target.pending for target in found.targets), found


def at_once(*calls: Callable[[], object]) -> None:
    """Run the calls in a thread and on a connection each, and wait for all."""
    failed: list[BaseException] = []

    def run(call: Callable[[], object]) -> None:
        try:
            call()
        except BaseException as error:  # noqa: BLE001 - told to the test below
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failed, failed
    assert not any(thread.is_alive() for thread in threads)


# --- two at once


def test_settlers_at_once_post_every_head_once(town: World) -> None:
    people(town, 120)
    at_once(*[lambda: services.settle(wait=True, limit=7)] * 4)
    assert posted() == (180, 0)
    agreed()


def test_settlers_while_others_change_what_they_settle(town: World) -> None:
    people(town, 60)
    with everything():
        records = list(Record.objects.order_by("pk"))

    def decide(half: int) -> None:
        for record in records[half::2]:
            town.change(record, state=Record.State.REVOKED, reason="revoked")
            town.change(record, state=Record.State.VERIFIED, reason="verified")

    def keep_settling() -> None:
        for _ in range(30):
            services.settle(limit=9)

    at_once(keep_settling, keep_settling, lambda: decide(0), lambda: decide(1))
    services.settle(wait=True)
    assert recount().agrees
    agreed()


def test_who_finds_somebody_settling_leaves_off(town: World) -> None:
    people(town, 3)
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with everything():
            books.become_settler()
            held.set()
            done.wait(20)

    def come_by() -> None:
        held.wait(20)
        start = time.monotonic()
        assert services.settle().marks == 0
        assert time.monotonic() - start < 5
        done.set()

    at_once(hold, come_by)
    assert posted() == (0, 3)
    assert services.settle().counted == 4


def test_a_settler_goes_on_until_nothing_is_marked(town: World) -> None:
    people(town, 11)
    assert services.settle(limit=2).marks == 11
    assert posted()[1] == 0


# --- killed, failing, without a bell


def test_a_settler_killed_before_its_commit_has_done_nothing(town: World, fresh_database: str) -> None:
    people(town, 10)
    with psycopg.connect(address("default")) as settler:
        settler.execute("SELECT set_config('shugu.scope', 'all', true)")
        for name in (books.SETTLER, books.PEN):
            settler.execute("SELECT pg_advisory_xact_lock(7391, hashtext(%s))", [name])
        orders = {"batch": 100, "of_loss": settle.TELLING_OF_LOSS, "of_gain": settle.TELLING_OF_GAIN}
        done = settler.execute(settle.SETTLE, orders).fetchone()
        assert done is not None
        assert done[:4] == (10, 10, 15, 0)
        with psycopg.connect(admin_url(), autocommit=True) as admin:
            admin.execute("SELECT pg_terminate_backend(%s)", [settler.info.backend_pid])
        with pytest.raises(psycopg.OperationalError):
            settler.commit()
    assert posted() == (0, 10)
    assert services.settle().counted == 15
    agreed()


def test_an_error_keeps_the_marks(town: World) -> None:
    people(town, 2)
    with everything():
        posted_to = Book.objects.get().posted_to
        Book.objects.all().delete()
    with pytest.raises(IntegrityError):
        services.settle()
    assert posted() == (0, 2)
    with everything():
        Book.objects.create(id=1, posted_to=posted_to)
    assert services.settle().counted == 3
    agreed()


def test_a_mark_without_a_bell_is_found(town: World, worker: Start) -> None:
    worker()
    with everything():
        town.record(town.person(), "2019-03-29", mark=False)
        PersonChange.objects.create(person_id=Record.objects.get().person_id, reason="verified")
    wait_for(lambda: posted() == (1, 0), 15, "the reconciler to settle the mark")


def test_the_bell_settles(town: World, worker: Start) -> None:
    worker()
    for _ in range(5):
        people(town, 1)
        wait_for(lambda: posted()[1] == 0, 15, "the mark to be settled")


def test_a_worker_killed_again_and_again(town: World, worker: Start) -> None:
    working = worker(concurrency=3)
    for _ in range(3):
        people(town, 150)
        time.sleep(0.3)
        working.kill()
        working.start()
    wait_for(lambda: posted()[1] == 0, 60, "all marks to be settled")
    assert posted()[0] == 675
    agreed()


# --- the clock


def test_moments_only_go_forward_when_the_clock_goes_back(town: World, clock: Clock) -> None:
    moments = []
    for days in (0, -30, 400, -400, 0):
        clock.shift(days=days)
        people(town, 2)
        services.settle()
        with everything():
            moments.append(LedgerEntry.objects.latest("pk").recorded_at)
            assert Book.objects.get().posted_to == moments[-1]
    assert moments == sorted(set(moments))
    agreed()


# --- no double entry, whoever posts


def test_settling_again_posts_nothing(town: World) -> None:
    people(town, 4)
    services.settle()
    with everything():
        before = Book.objects.get().posted_to, list(LedgerEntry.objects.values_list("pk"))
        mark_changed(person_ids=Standing.objects.values_list("person", flat=True), reason="verified")
    settled = services.settle()
    assert (settled.persons, settled.counted, settled.taken_back) == (4, 0, 0)
    with everything():
        assert before == (Book.objects.get().posted_to, list(LedgerEntry.objects.values_list("pk")))


def test_the_same_head_cannot_be_posted_twice(town: World) -> None:
    people(town, 1)
    services.settle()
    with everything():
        entry = LedgerEntry.objects.get()
        again = {
            field.attname: getattr(entry, field.attname) for field in LedgerEntry._meta.fields if field.name != "id"
        }
        with pytest.raises(IntegrityError), transaction.atomic():
            LedgerEntry.objects.create(**again)
        with pytest.raises(IntegrityError), transaction.atomic():
            LedgerEntry.objects.create(**{**again, "number": 2})
        with pytest.raises(IntegrityError), transaction.atomic():
            LedgerEntry.objects.create(**{**again, "number": 0, "delta": -1})


@pytest.mark.parametrize("alias", ["default", "owner"])
@pytest.mark.parametrize(
    "statement", ["UPDATE ledger_entry SET delta = 1", "DELETE FROM ledger_entry", "TRUNCATE ledger_entry"]
)
def test_entries_are_never_changed(town: World, alias: str, statement: str) -> None:
    people(town, 1)
    services.settle()
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        cursor.execute("SELECT set_config('shugu.scope', 'all', true)")
        with pytest.raises(DatabaseError), transaction.atomic(using=alias):
            cursor.execute(statement)
    assert posted() == (1, 0)


def test_nothing_is_seen_without_a_scope(town: World) -> None:
    people(town, 1)
    services.settle()
    with transaction.atomic():
        assert not LedgerEntry.objects.exists()
        assert not Standing.objects.exists()


# --- marks


def test_of_several_reasons_the_most_telling_is_given(town: World) -> None:
    people(town, 1)
    services.settle()
    with everything():
        record = Record.objects.get()
        for reason in ("verified", "corrected", "revoked", "reclassified"):
            town.mark(record.person, reason=reason)
        Record.objects.update(state=Record.State.REVOKED)
    services.settle()
    assert town.entries(record.person)[-1][3] == "revoked"
    town.change(record, state=Record.State.VERIFIED, reason="corrected")
    town.mark(record.person, reason="verified")
    services.settle()
    assert town.entries(record.person)[-1][3] == "verified"


def test_marks_belong_to_the_change(town: World) -> None:
    with everything():
        person = town.person()
    with pytest.raises(NoTransaction):
        mark_changed(person_ids=[person.pk], reason="verified")
    with everything():
        assert mark_changed(person_ids=[], reason="verified") == 0
        assert mark_changed(person_ids=[person.pk, person.pk], reason="merged") == 1
        with pytest.raises(ValueError, match="boredom"):
            mark_changed(person_ids=[person.pk], reason="boredom")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM person_change")
        assert cursor.fetchone() == (1,)


def test_a_mark_on_nobody_is_cleared_away(town: World) -> None:
    with everything():
        mark_changed(person_ids=[999_999_999], reason="verified")
    assert services.settle().marks == 1
    assert posted() == (0, 0)

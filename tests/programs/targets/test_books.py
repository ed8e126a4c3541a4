"""Both clocks are exact: an answer for a moment that is past never changes, whoever posts, whatever the clock does."""

import datetime as dt
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.db import connections

from backend.accounts.models import User
from backend.accounts.scope import NoTransaction, everything
from backend.clock import BUREAU, now
from programs.records.models import Record
from programs.targets import books, selectors, services
from programs.targets.models import Book, Target
from tests.conftest import Clock
from tests.factories import ManagerFactory
from tests.programs.targets.test_settling import agreed, at_once, people
from tests.programs.targets.world import World, day

SECONDS = 6.0
DAYS = [day(text) for text in ("2018-03-01", "2018-06-30", "2018-12-31", "2020-12-31")]


@dataclass(frozen=True)
class Answer:
    """What was answered, to which question."""

    asked: dt.datetime | None
    moment: books.Moment
    target: str
    achieved: int
    by_path: tuple[tuple[str, int], ...]
    people: int


@pytest.fixture
def town(fresh_database: str) -> World:
    return World()


def ask(actor: User, target: str, as_of: dt.date | None, known_at: dt.datetime | None) -> Answer:
    """One request: one transaction."""
    with everything():
        moment = books.moment(as_of=as_of, known_at=known_at)
        row = Target.objects.get(code=target)
        entries = selectors.entries(actor, row, moment)
        parts = tuple(sorted(selectors.sums_by(entries, "path").items()))
        people = selectors.counted(actor, row, moment).count()
        return Answer(known_at, moment, target, selectors.achieved(entries), parts, people)


def test_answers_given_while_others_post_never_change(town: World, clock: Clock) -> None:
    people(town, 40)
    services.settle()
    manager = ManagerFactory()
    with everything():
        records = list(Record.objects.order_by("pk"))
    end = time.monotonic() + SECONDS
    answers: list[Answer] = []

    def until_the_end(act: Callable[[random.Random], None], seed: int) -> Callable[[], None]:
        def run() -> None:
            drawn = random.Random(seed)
            while time.monotonic() < end:
                act(drawn)

        return run

    def decide(half: int) -> Callable[[random.Random], None]:
        def act(drawn: random.Random) -> None:
            record = drawn.choice(records[half::2])
            state, reason = drawn.choice([("revoked", "revoked"), ("verified", "verified")])
            town.change(record, state=state, reason=reason)
            services.settle(limit=drawn.randint(1, 5))

        return act

    def read(drawn: random.Random) -> None:
        known_at = drawn.choice([None, now(), now() - dt.timedelta(milliseconds=drawn.randint(0, 300))])
        answers.append(ask(manager, drawn.choice(["all", "high-end"]), drawn.choice(DAYS), known_at))

    def move_the_clock(drawn: random.Random) -> None:
        clock.shift(seconds=drawn.uniform(-3, 3))
        time.sleep(0.05)

    at_once(
        until_the_end(decide(0), 1),
        until_the_end(decide(1), 2),
        until_the_end(read, 3),
        until_the_end(read, 4),
        until_the_end(move_the_clock, 5),
    )
    clock.reset()
    services.settle(wait=True)
    agreed()
    assert len(answers) > 100
    assert len({answer.achieved for answer in answers}) > 3
    for answer in answers:
        assert answer.people == answer.achieved == sum(heads for _, heads in answer.by_path)
        again = ask(manager, answer.target, answer.moment.as_of, answer.moment.known_at)
        assert (again.moment, again.achieved, again.by_path) == (answer.moment, answer.achieved, answer.by_path)
        if answer.asked is not None and answer.asked <= answer.moment.known_at:
            # Asked for a moment that was past: the very same question, too.
            assert ask(manager, answer.target, answer.moment.as_of, answer.asked).achieved == answer.achieved


def _one_posting_under_way(town: World, meanwhile: Callable[[], None]) -> None:
    """Run ``meanwhile`` while a posting has its moment and is not committed; it may ``release`` it."""
    posting, release = threading.Event(), threading.Event()

    def post() -> None:
        with everything():
            services.settle(wait=True)
            posting.set()
            release.wait(20)

    def other() -> None:
        posting.wait(20)
        try:
            meanwhile()
        finally:
            release.set()

    at_once(post, other)


def test_a_reader_of_now_does_not_wait_for_a_posting_under_way(town: World) -> None:
    people(town, 3)
    manager = ManagerFactory()

    def read() -> None:
        assert ask(manager, "all", None, None).achieved == 0

    _one_posting_under_way(town, read)
    assert ask(manager, "all", None, None).achieved == 3


def test_a_reader_of_a_moment_past_waits_for_a_posting_that_may_bear_it(town: World) -> None:
    people(town, 3)
    manager = ManagerFactory()
    posting, release = threading.Event(), threading.Event()
    answers: list[Answer] = []

    def post() -> None:
        with everything():
            services.settle(wait=True)
            posting.set()
            release.wait(20)

    def read() -> None:
        posting.wait(20)
        answers.append(ask(manager, "all", None, now()))

    def look() -> None:
        posting.wait(20)
        time.sleep(1)
        assert not answers
        release.set()

    at_once(post, read, look)
    assert [answer.achieved for answer in answers] == [3]


def test_a_reader_who_asks_twice_does_not_lock_a_poster_out(town: World) -> None:
    people(town, 3)
    manager = ManagerFactory()
    asked, go_on = threading.Event(), threading.Event()

    def read_twice() -> None:
        with everything():
            books.moment(known_at=now())
            asked.set()
            go_on.wait(20)
            time.sleep(0.5)
            books.moment(known_at=now())

    def post() -> None:
        asked.wait(20)
        go_on.set()
        services.settle(wait=True)

    at_once(read_twice, post)
    assert ask(manager, "all", None, None).achieved == 3


def test_an_answer_for_now_stands_when_the_clock_goes_back(town: World, clock: Clock) -> None:
    manager = ManagerFactory()
    noon = now()
    assert ask(manager, "all", None, noon).achieved == 0
    clock.shift(hours=-3)
    people(town, 3)
    services.settle()
    assert ask(manager, "all", None, noon).achieved == 0
    assert ask(manager, "all", None, None).achieved == 3
    connections.close_all()


def test_moments(town: World, clock: Clock) -> None:
    with everything():
        posted_to = Book.objects.get().posted_to
        today = now().astimezone(BUREAU).date()
        assert books.moment() == books.Moment(today, posted_to)
        early = dt.datetime(2019, 6, 30, 23, 30, tzinfo=dt.UTC)
        assert books.moment(known_at=early) == books.Moment(day("2019-07-01"), early)
        assert books.moment(as_of=day("2018-01-01"), known_at=early).as_of == day("2018-01-01")
        assert books.moment(known_at=dt.datetime(2999, 1, 1, tzinfo=dt.UTC)) == books.Moment(today, posted_to)
        past = now()
        assert books.moment(known_at=past).known_at == past
        assert Book.objects.get().posted_to == past
    with pytest.raises(NoTransaction):
        books.moment()

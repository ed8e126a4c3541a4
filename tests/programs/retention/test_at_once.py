"""Answers, settling and laying out at once, each in transactions of its own."""

import random
import threading
from collections.abc import Callable
from contextlib import suppress

import pytest
from django.db import transaction

from backend.accounts.models import User
from backend.accounts.scope import enter, everything
from programs.periods.models import Obligation
from programs.records.models import Record
from programs.retention import answering, expecting, laying_out
from programs.retention.answering import Refused
from programs.retention.examining import Answer
from programs.retention.models import Channel, RetentionAnswer, RetentionCheck
from programs.targets import services
from programs.targets.recount import recount
from tests.programs.retention.world import Town
from tests.programs.targets.test_settling import at_once
from tests.programs.targets.world import day


@pytest.fixture
def town(fresh_database: str) -> Town:
    town = Town()
    town.quarters()
    return town


def answer(clerk: User, check: int, given: Answer) -> None:
    with transaction.atomic():
        enter(clerk)
        answering.answer(actor=clerk, given=[(check, given)], channel=Channel.API)


def clerk_of(town: Town) -> User:
    with everything():
        return User.objects.get(organisation=town.c, role="partner")


def test_two_who_give_the_last_two_answers_leave_nothing_owed(town: Town) -> None:
    with everything():
        records = [town.introduce("2019-03-01") for _ in range(2)]
    town.settle()
    laying_out.lay_out()
    checks, clerk = [town.check(record).pk for record in records], clerk_of(town)
    together = threading.Barrier(2)

    def one(check: int) -> Callable[[], None]:
        def run() -> None:
            together.wait()
            answer(clerk, check, Answer("stays"))

        return run

    at_once(*(one(check) for check in checks))
    assert town.owed(period__code="2019-Q3") == [("HITECH", "2019-Q3", "reported", False)]


def test_whatever_happens_at_once_the_books_agree_in_the_end(town: Town) -> None:
    with everything():
        records = [town.introduce("2019-03-01", by=drawn) for drawn in (town.b, town.c) * 8]
    town.settle()
    laying_out.lay_out()
    with everything():
        asked = dict(RetentionCheck.objects.filter(months=6).values_list("pk", "organisation"))
        clerks = {one.organisation_id: one for one in User.objects.filter(role="partner")}
    done = threading.Event()

    def answering_some(seed: int) -> Callable[[], None]:
        def run() -> None:
            drawn = random.Random(seed)
            for _ in range(25):
                check = drawn.choice(sorted(asked))
                left = Answer("left", day("2019-06-01"), None, "study")
                back = Answer("came_back", day("2019-06-01"), day("2019-12-01"), "study")
                # A record that was taken off the books meanwhile is not asked about.
                with suppress(Refused):
                    answer(clerks[asked[check]], check, drawn.choice([left, back, Answer("stays"), Answer("unknown")]))
            done.set()

        return run

    def deciding() -> None:
        drawn = random.Random(7)
        while not done.is_set():
            record = drawn.choice(records)
            town.change(record, state=drawn.choice(["verified", "revoked"]), reason="corrected")

    def following() -> None:
        drawn = random.Random(9)
        while not done.is_set():
            services.settle(limit=drawn.randint(1, 5))
            laying_out.lay_out(limit=drawn.randint(1, 5))
            expecting.expect()

    at_once(answering_some(1), answering_some(2), deciding, following)
    town.settle()
    laying_out.lay_out()
    assert recount().agrees
    with everything():
        for check in RetentionCheck.objects.exclude(answer_id=None):
            last = RetentionAnswer.objects.filter(about=check).order_by("-pk")[0]
            assert (check.answer_id, check.said) == (last.pk, last.said)
        assert Record.objects.filter(state="verified").exists()
        for owed in Obligation.objects.filter(kind="retention"):
            mine = RetentionCheck.objects.filter(organisation=owed.organisation, period=owed.period)
            still_open = mine.filter(state="open").exists()
            asked_now = mine.exclude(state="withdrawn").exists()
            assert owed.state == ("missing" if still_open else "reported") or not asked_now


def test_what_waits_is_found_without_anybodys_scope(town: Town) -> None:
    """As a worker finds it: outside any transaction, under nobody's scope."""
    with everything():
        town.introduce("2019-03-01")
    services.settle(wait=True)
    assert laying_out.lay_out().made == 2
    assert laying_out.lay_out().marks == 0

"""Whatever was answered for a past moment is answered again, whatever has become of the world meanwhile."""

import datetime as dt
import random
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.utils import translation

from backend.accounts.models import User
from backend.accounts.scope import everything
from backend.clock import now
from programs.periods.models import Obligation
from programs.records.models import Record
from programs.submissions.models import Submission
from programs.targets import books, explaining, planfile, services
from programs.targets.books import Moment
from programs.targets.gap_models import LASTING, Gap
from programs.targets.gaps import GapReading
from programs.targets.loading import load_plan
from programs.targets.models import Target
from programs.targets.staying import services as staying
from programs.targets.staying.services import Told
from talent.credentials.models import Credential
from talent.people.models import Person
from tests.factories import ManagerFactory, PeriodFactory
from tests.programs.targets.frozen import Answers, everything_at, held
from tests.programs.targets.test_settling import agreed, at_once, people
from tests.programs.targets.world import MASTER, World, day

ASKED = 14
"""How often each of two readers asks while everybody is at work."""

DAYS = [day(text) for text in ("2018-06-30", "2019-12-31", "2020-12-31", "2026-01-01")]
SHIPPED = planfile.FOLDER / "digital-valley-2020.toml"


@dataclass(frozen=True)
class Kept:
    """What was answered, of which target, at which moment, since when."""

    target: str
    moment: Moment
    since: dt.datetime
    answers: Answers


class Town:
    """A town in which everything happens at once; every call is a transaction of its own."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.manager: User = ManagerFactory()
        people(world, 30)
        with everything():
            self.records = list(Record.objects.order_by("pk"))
            self.persons = list(Person.objects.order_by("pk"))
            period = PeriodFactory()
            self.obligations = [
                Obligation.objects.create(organisation=organisation, period=period, due_on=period.due_on)
                for organisation in (world.a, world.b, world.c)
            ]
        self.start = now()

    def ask(self, target: str, as_of: dt.date, known_at: dt.datetime | None) -> Kept:
        """One request: one transaction."""
        with everything(), translation.override("en"):
            moment = books.moment(as_of=as_of, known_at=known_at)
            row = Target.objects.get(code=target)
            answers = everything_at(self.manager, row, moment, self.start)
            held(answers, row)
        return Kept(target, moment, self.start, answers)

    def again(self, kept: Kept) -> None:
        """The same question later: the same moment and the same answers, one by one."""
        found = self.ask(kept.target, kept.moment.as_of, kept.moment.known_at)
        assert found.moment == kept.moment
        for question, answer in kept.answers.items():
            assert found.answers[question] == answer, question

    def decide(self, drawn: random.Random, half: int) -> None:
        """A record is verified, revoked, returned, rejected, withdrawn or reported again, or says something else."""
        record = drawn.choice(self.records[half::2])
        state = drawn.choice(["verified", "verified", "revoked", "returned", "rejected", "withdrawn", "submitted"])
        district = drawn.choice(["", "520102", "520103"])
        if state in ("returned", "rejected", "submitted") and record.state not in ("verified", "revoked"):
            with everything():
                record.state = state
                record.save(update_fields=["state"])
                explaining.mark(person_ids=[record.person_id])
        else:
            reason = {"verified": "verified", "revoked": "revoked"}.get(state, "corrected")
            self.world.change(record, state=state, district=district, reason=reason)

    def report(self, drawn: random.Random) -> None:
        """Somebody is reported, or a person again by another organisation, some of them in progress still."""
        with everything():
            person = drawn.choice([*self.persons, self.world.person()])
            if not Record.objects.filter(person=person, organisation=self.world.c).exists():
                state = drawn.choice(["submitted", "verified"])
                on = drawn.choice([None, "2016-01-01", "2018-02-01", "2021-03-01"])
                holding = drawn.choice([[], [(MASTER, "2016-06-30")], [(MASTER, "2021-06-30")]])
                self.world.record(person, on, *holding, by=self.world.c, state=state)
                explaining.mark(person_ids=[person.pk])

    def refute(self, drawn: random.Random) -> None:
        """A credential is found false, or true after all."""
        with everything():
            record = drawn.choice(self.records)
            state = drawn.choice([Credential.State.REFUTED, Credential.State.CLAIMED])
            Credential.objects.filter(record_id=record.pk).update(state=state)
            self.world.mark(record.person, reason="refuted")

    def depart(self, drawn: random.Random) -> None:
        """Somebody has left, came back, or has not left after all."""
        with everything():
            record = drawn.choice(self.records)
            left_on = drawn.choice([None, day("2018-05-01"), day("2019-03-01"), day("2020-02-01")])
            back = drawn.choice([None, None, left_on and left_on + dt.timedelta(days=drawn.randint(1, 300))])
            told = Told(record.pk, record.pk, record.person_id, record.organisation_id, left_on, back)
            staying.note([told])

    def merge(self, drawn: random.Random) -> None:
        """Two are found to be one, or one to be two after all. One thread alone does this."""
        place = drawn.randrange(1, len(self.persons))
        person, into = self.persons[place], self.persons[0]
        if person.canonical_id is None:
            self.world.merge(person, into)
        else:
            self.world.merge(person, None, into, reason="split")

    def owe(self, drawn: random.Random) -> None:
        """A report comes in or is missing again; a file fails its checks or is mended."""
        with everything():
            one = drawn.choice(self.obligations)
            missing = drawn.random() < 0.5
            Obligation.objects.filter(pk=one.pk).update(
                state="missing" if missing else "confirmed_zero", settled_at=None if missing else now()
            )
            Submission.objects.filter(pk=self.world.submission.pk).update(
                status="partly_accepted", rejected=drawn.randrange(4)
            )

    def follow(self, drawn: random.Random) -> None:
        """Ledger and gap go on, by small steps."""
        services.settle(limit=drawn.randint(1, 5))
        explaining.post_batch(limit=drawn.randint(1, 5), wait=False)

    def all_follows(self) -> None:
        """Ledger and gap go on to the end."""
        services.settle(wait=True)
        explaining.explain(wait=True)


@pytest.fixture
def town(fresh_database: str) -> Town:
    return Town(World())


def shorter(path: Path) -> Path:
    """The shipped plan, which ends a year earlier and asks for fewer."""
    text = SHIPPED.read_text("utf-8").replace("goal = 5000", "goal = 4000").replace("goal = 5_000", "goal = 4_000")
    file = path / "plan.toml"
    file.write_text(text.replace("ends_on = 2020-12-31", "ends_on = 2019-12-31", 1), "utf-8")
    return file


def test_thousands_of_answers_never_change(town: Town, tmp_path: Path) -> None:
    town.all_follows()
    kept: list[Kept] = []
    done = threading.Event()

    def meanwhile(act: Callable[[random.Random], None], seed: int) -> Callable[[], None]:
        def run() -> None:
            drawn = random.Random(seed)
            while not done.is_set():
                act(drawn)

        return run

    def read(seed: int) -> Callable[[], None]:
        def run() -> None:
            drawn = random.Random(seed)
            try:
                for _ in range(ASKED):
                    known_at = drawn.choice([None, now(), now() - dt.timedelta(milliseconds=drawn.randint(0, 500))])
                    kept.append(town.ask(drawn.choice(["all", "high-end"]), drawn.choice(DAYS), known_at))
            finally:
                if len(kept) >= 2 * ASKED or sys.exc_info()[0] is not None:
                    done.set()

        return run

    def change(drawn: random.Random) -> None:
        drawn.choice([town.report, town.refute, town.merge, town.owe, town.owe, town.depart, town.depart])(drawn)

    def rule(drawn: random.Random) -> None:
        for path in (shorter(tmp_path), SHIPPED):
            load_plan(plan=planfile.read(path))
            done.wait(0.5)

    at_once(
        meanwhile(lambda drawn: town.decide(drawn, 0), 1),
        meanwhile(lambda drawn: town.decide(drawn, 1), 2),
        meanwhile(change, 3),
        meanwhile(town.follow, 4),
        meanwhile(rule, 5),
        read(6),
        read(7),
    )
    load_plan(plan=planfile.read(SHIPPED))
    for code in ("all", "high-end"):
        kept += [town.ask(code, as_of, None) for as_of in DAYS]
    town.all_follows()
    agreed()
    partitioned()
    for one in kept:
        town.again(one)
    assert sum(len(one.answers) for one in kept) > 2000
    assert any(one.answers["still here", "[]"][0] < one.answers["figure", "[]"].achieved for one in kept)
    assert len({str(one.answers["gap", "[]"]) for one in kept}) > 5


def partitioned() -> None:
    """Now that everything followed, every record counts or stands under one reason, as a fresh look has it."""
    with everything():
        actor = ManagerFactory()
        for target in Target.objects.all():
            reading = GapReading(actor, target, books.moment(as_of=day("2030-01-01")))
            shortfall = reading.shortfall()
            assert shortfall.reported == Record.objects.count()
            standing = Gap.objects.filter(ended_at=LASTING, kind="record", target_id__in=[0, target.pk])
            assert standing.count() == standing.values("subject_id").distinct().count() == shortfall.missing


def test_a_reader_of_a_moment_past_waits_for_a_posting_to_the_gap(town: Town) -> None:
    town.all_follows()
    with everything():
        record = town.records[0]
        record.state = Record.State.RETURNED
        record.save(update_fields=["state"])
        town.world.mark(record.person, reason="corrected")
    services.settle(wait=True)
    posted, release = threading.Event(), threading.Event()
    seen: list[Kept] = []

    def post() -> None:
        with everything():
            explaining.post_batch()
            posted.set()
            release.wait(20)

    def read() -> None:
        posted.wait(20)
        seen.append(town.ask("all", DAYS[-1], now()))

    def let_go() -> None:
        posted.wait(20)
        time.sleep(0.3)
        assert not seen
        release.set()

    at_once(post, read, let_go)
    _moment, shortfall = seen[0].answers["gap", "[]"]
    assert {share.reason.value: share.count for share in shortfall.shares}["returned"] == 1
    town.again(seen[0])

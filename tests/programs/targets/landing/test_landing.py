"""Landings in the books: the triangle is the ledger's at every moment, the backlog is who would count, and no answer
for a past moment changes."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from backend.clock import BUREAU, now
from backend.jobs.models import Job
from programs.records.models import Record
from programs.targets import books
from programs.targets.landing import counting, readings, services
from programs.targets.landing.models import StoredLanding
from programs.targets.landing.triangle import first_of, month_of
from programs.targets.models import LedgerEntry, Plan, Target, TargetVersion
from programs.targets.recount import recount
from tests.conftest import Clock
from tests.factories import ManagerFactory, OfficerFactory
from tests.programs.targets.world import ENGINEER, MASTER, World
from tests.support.http import Caller

MONTHS = 9
RunJobs = Callable[[], int]


class Course:
    """A target that goes on now: month after month people complete, two thirds are posted the month after and the rest
    the month after that. ``moments`` are those of the postings."""

    def __init__(self, world: World, clock: Clock) -> None:
        self.world, self.clock = world, clock
        self.real = now()
        self.first = month_of(self.real.astimezone(BUREAU).date()) + 1
        self.target = Target.objects.create(
            plan=Plan.objects.get(),
            code="later",
            name_zh="以后",
            name_en="Later",
            goal=100,
            starts_on=first_of(self.first),
            ends_on=first_of(self.first + 24) - dt.timedelta(1),
            position=9,
        )
        TargetVersion.objects.create(
            target=self.target,
            edition=1,
            valid_from=self.target.starts_on,
            recorded_at=self.real,
            **{name: getattr(self.target, name) for name in ("goal", "name_zh", "name_en", "starts_on", "ends_on")},
        )
        self.moments: list[dt.datetime] = []
        self.records: list[Record] = []
        for month in range(MONTHS):
            for completed_in, people in ((month, 3), (month - 1, 1 + month % 2)):
                if completed_in >= 0:
                    self.report(completed_in, people)
            self.go_to(month + 1, 12)
            world.settle()
            self.moments.append(books.moment().known_at)

    def go_to(self, month: int, day_of_month: int) -> None:
        """Move the clock to a day of a month, counted from the target's first."""
        wanted = first_of(self.first + month).replace(day=day_of_month)
        self.clock.shift(days=(wanted - self.real.astimezone(BUREAU).date()).days)

    def report(self, month: int, people: int, **values: Any) -> list[Record]:
        """So many people who completed in a month."""
        completed_on = first_of(self.first + month).replace(day=20).isoformat()
        made = [self.world.record(self.world.person(), completed_on, **values) for _ in range(people)]
        self.records += made
        return made


@pytest.fixture
def course(world: World, clock: Clock) -> Course:
    return Course(world, clock)


def summed(target: Target, known_at: dt.datetime) -> dict[tuple[int, int], int]:
    """The triangle of the whole months of postings by the ledger's entries themselves."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT date_trunc('month', effective_on)::date,"
            " date_trunc('month', recorded_at AT TIME ZONE 'Asia/Shanghai')::date, sum(delta) FROM ledger_entry"
            " WHERE target_id = %s"
            " AND recorded_at < date_trunc('month', %s AT TIME ZONE 'Asia/Shanghai') AT TIME ZONE 'Asia/Shanghai'"
            " GROUP BY 1, 2 HAVING sum(delta) <> 0",
            [target.pk, known_at],
        )
        return {(month_of(one), month_of(other)): heads for one, other, heads in cursor.fetchall()}


def read(target: Target, known_at: dt.datetime | None) -> dict[tuple[int, int], int]:
    moment = books.moment(known_at=known_at)
    return {(one, other): heads for one, other, heads in readings.cells([target.pk], moment)[target.pk]}


def test_the_triangle_is_the_ledgers_at_every_moment(course: Course) -> None:
    course.world.change(course.records[0], reason="revoked", state="revoked")
    course.world.settle()
    course.report(MONTHS - 1, 4)
    course.world.settle()
    course.go_to(MONTHS + 1, 12)
    course.report(MONTHS, 2)
    course.world.settle()
    last = books.moment().known_at
    micro = dt.timedelta(microseconds=1)
    for posted in [*course.moments, last]:
        for known_at in (posted - micro, posted, posted + dt.timedelta(days=9)):
            assert read(course.target, known_at) == summed(course.target, known_at)
    assert read(course.target, None) == summed(course.target, last)
    assert -1 in summed(course.target, last).values()
    assert recount().agrees


def test_the_backlog_is_who_would_count(course: Course) -> None:
    """Somebody who counts already, or is reported twice, or lies outside the target, waits for nothing."""
    world, target, month = course.world, course.target, MONTHS - 1
    for record in course.report(month, 3, state="submitted"):
        world.record(record.person, record.completed_on.isoformat(), by=world.b, state="submitted")  # type: ignore[union-attr]
    world.record(course.records[0].person, "2027-01-01", by=world.b, state="submitted")
    world.record(world.person(), "2019-01-01", state="submitted")
    world.record(world.person(), None, state="submitted")
    refused = course.report(month, 2, state="rejected")
    Record.objects.filter(pk__in=[record.pk for record in refused]).update(decided_at=now())
    Record.objects.filter(pk__in=[record.pk for record in course.records[:4]]).update(decided_at=now())
    found = counting.count(target, now().astimezone(BUREAU).date())
    assert found.waiting == ((course.first + month, 3),)
    assert dict(found.counted) == _by_month(target)
    assert found.decided == ((found.taken_in, 6, 4),)


def test_a_backlog_asks_for_what_the_target_asks_for(course: Course) -> None:
    world, target = course.world, course.target
    high_end = Target.objects.get(code="high-end")
    Target.objects.filter(pk=high_end.pk).update(starts_on=target.starts_on, ends_on=target.ends_on)
    high_end.refresh_from_db()
    completed_on = first_of(course.first + 2).isoformat()
    world.record(world.person(), completed_on, (MASTER, "2016-06-30"), state="submitted", basis="education")
    world.record(world.person(), completed_on, (ENGINEER, "2016-06-30"), state="submitted")
    on = now().astimezone(BUREAU).date()
    assert [counting.count(one, on).total for one in (target, high_end)] == [2, 1]


def _by_month(target: Target) -> dict[int, int]:
    found: Counter[int] = Counter()
    for day, delta in LedgerEntry.objects.filter(target=target).values_list("effective_on", "delta"):
        found[month_of(day)] += delta
    return dict(found)


def test_a_landing_is_worked_out_by_a_job_and_stored(course: Course, run_jobs: RunJobs) -> None:
    course.go_to(MONTHS, 20)
    officer = Caller(OfficerFactory(), **{"accept-language": "en"})
    assert officer.get("targets/later/landing/").status_code == 404
    answer = officer.post("targets/later/landing/", {})
    assert answer.status_code == 202
    again = officer.post("targets/later/landing/", {})
    assert again.json()["id"] == answer.json()["id"]
    run_jobs()
    assert officer.get(f"jobs/{answer.json()['id']}/").json()["state"] == "done"
    stored = officer.get("targets/later/landing/").json()
    assert stored["reason"] is None
    assert 0 < stored["low"] <= stored["median"] <= stored["high"]
    assert stored["goal"] == 100
    assert sum(cell["heads"] for cell in stored["triangle"]) == sum(summed(course.target, now()).values()) > 0
    assert [one["age"] for one in stored["development"]] == list(range(19))
    assert stored["development"][0]["share"] < stored["development"][1]["share"] <= 1
    assert stored["fan"][-1]["median"] == stored["median"]
    # The figure says the same as of the same moment, and so does the list.
    figure = officer.get("targets/later/", {"known_at": stored["known_at"]}).json()
    names = ("low", "median", "high", "probability", "reason")
    assert figure["landing"] == {name: stored[name] for name in names}
    [listed] = officer.get("targets/later/landings/").json()["results"]
    assert listed == {name: stored[name] for name in listed}
    assert officer.get("targets/later/landings/", {"format": "csv"}).status_code == 200


def test_an_answer_for_a_past_moment_never_changes(course: Course, run_jobs: RunJobs) -> None:
    course.go_to(MONTHS, 20)
    manager = Caller(ManagerFactory())
    course.report(MONTHS - 1, 40, state="submitted")
    Record.objects.filter(pk__in=[record.pk for record in course.records[:40]]).update(decided_at=now())

    def answers(known_at: str) -> Any:
        return manager.get("targets/later/", {"known_at": known_at}).json()["landing"]

    before = now().isoformat()
    first = answers(before)
    services.start_landing(target=course.target, actor=None)
    run_jobs()
    assert answers(before) == first
    counted = manager.get("targets/later/").json()
    # Who waits is told by the count, and weighs.
    assert counted["landing"]["median"] > first["median"]
    stored = StoredLanding.objects.get()
    assert stored.awaiting == 40
    assert stored.reviewed is not None
    assert 30 <= stored.reviewed <= 40
    course.report(MONTHS - 1, 30)
    course.world.settle()
    assert answers(before) == first
    assert answers(counted["known_at"]) == counted["landing"]


def test_with_too_little_history_it_says_so_in_the_readers_language(course: Course, run_jobs: RunJobs) -> None:
    early = course.moments[3].isoformat()
    manager = ManagerFactory()
    english, chinese = (Caller(manager, **{"accept-language": one}) for one in ("en", "zh-hans"))
    landing = english.get("targets/later/", {"known_at": early}).json()["landing"]
    assert [landing[name] for name in ("low", "median", "high", "probability")] == [None] * 4
    assert landing["reason"]["code"] == "too_few_months"
    assert "6 are needed" in landing["reason"]["message"]
    told = chinese.get("targets/later/", {"known_at": early}).json()["landing"]["reason"]["message"]
    assert "6" in told
    assert told != landing["reason"]["message"]


def test_every_night_each_live_target_once(course: Course, run_jobs: RunJobs) -> None:
    course.go_to(MONTHS, 20)
    assert services.start_nightly() == 1
    run_jobs()
    assert StoredLanding.objects.get().target_id == course.target.pk
    assert services.start_nightly() == 0
    course.go_to(MONTHS, 21)
    assert services.start_nightly() == 1
    assert Job.objects.filter(kind=services.LANDING).count() == 2


def test_a_target_that_is_gone_fails_no_job(course: Course, run_jobs: RunJobs) -> None:
    job = services.start_landing(target=course.target, actor=None)
    Job.objects.filter(pk=job.pk).update(subject_id=0)
    run_jobs()
    job.refresh_from_db()
    assert (job.state, StoredLanding.objects.count()) == ("done", 0)


def test_landings_are_never_changed(course: Course, run_jobs: RunJobs) -> None:
    services.start_landing(target=course.target, actor=None)
    run_jobs()
    for statement in ("UPDATE landing SET low = 1", "DELETE FROM landing"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

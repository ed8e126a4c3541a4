"""Any history of reports, decisions, amendments, merges and splits: ledger, standings, recount and oracle agree."""

import datetime as dt
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.clock import BUREAU
from programs.records.models import Record
from programs.targets import books, cube, milestones, selectors
from programs.targets.cube import Side
from programs.targets.models import Posting, Standing, Target
from programs.targets.recount import recount
from talent.credentials.models import Credential
from talent.people.models import Person
from tests.factories import ManagerFactory
from tests.programs.targets.oracle import Counted, who_counts
from tests.programs.targets.world import BACHELOR, DOCTOR, MASTER, SENIOR, World, day
from tests.support.http import Caller, every, get

DAYS = ["2016-05-01", "2017-11-27", "2017-11-28", "2018-03-01", "2019-03-29", "2019-03-30", "2020-12-31", "2021-01-01"]
ASKED = [day(text) for text in ("2017-11-27", "2017-11-28", "2018-12-31", "2019-03-29", "2020-12-31", "2026-01-01")]
STATES = ["verified", "verified", "verified", "submitted", "returned", "rejected", "revoked"]

days = st.sampled_from(DAYS)
places = st.integers(0, 11)
holdings = st.lists(st.tuples(st.sampled_from([DOCTOR, MASTER, SENIOR, BACHELOR]), days), max_size=2)
actions = st.one_of(
    st.tuples(st.just("report"), places, places, st.one_of(st.none(), days), holdings, st.sampled_from(STATES)),
    st.tuples(st.just("decide"), places, st.sampled_from(STATES)),
    st.tuples(st.just("amend"), places, st.one_of(st.none(), days), holdings),
    st.tuples(st.just("reclassify"), places, st.sampled_from(["", "520102", "520103"])),
    st.tuples(st.just("refute"), places),
    st.tuples(st.just("merge"), places, places),
    st.tuples(st.just("split"), places),
    st.tuples(st.just("settle")),
)
# A question: towards which target, by which day, known at which posting and how long after it, by which dimension.
questions = st.tuples(
    st.sampled_from(["all", "high-end"]),
    st.dates(dt.date(2016, 1, 1), dt.date(2026, 1, 1)),
    st.integers(0, 99),
    st.sampled_from([-1, 0, 1]),
    st.sampled_from(selectors.DIMENSIONS),
)


class History:
    """Carries actions out on a world, and holds the books against the oracle after every settling."""

    def __init__(self) -> None:
        self.world = World()
        self.actor = ManagerFactory()
        self.people = [self.world.person() for _ in range(4)]
        self.records: list[Record] = []
        self.kept: list[tuple[books.Moment, str, int]] = []

    def report(self, who: int, by: int, completed_on: str | None, holding: list[Any], state: str) -> None:
        person = self.people[who % len(self.people)]
        organisation = (self.world.a, self.world.b, self.world.c)[by % 3]
        introduced = by % 2 == 1
        campaign = introduced or organisation == self.world.c
        identity = {"person": person, "organisation": organisation, "cohort": None if campaign else self.cohort(by)}
        if not Record.objects.filter(**identity).exists():
            told = self.world.record(
                person, completed_on, *holding, by=organisation, state=state, introduced=introduced
            )
            self.records.append(told)

    def cohort(self, by: int) -> Any:
        return self.world.cohorts[(self.world.a, self.world.b)[by % 3].pk]

    def decide(self, which: int, state: str) -> None:
        if record := self.record(which):
            self.world.change(record, state=state, reason="verified" if state == "verified" else "revoked")

    def amend(self, which: int, completed_on: str | None, holding: list[Any]) -> None:
        if record := self.record(which):
            Credential.objects.filter(record_id=record.pk).delete()
            for code, held_from in holding:
                self.world.credential(record, code, held_from)
            outcome = "completed" if completed_on else "in_progress"
            completed = day(completed_on) if completed_on else None
            self.world.change(record, outcome=outcome, completed_on=completed, reason="corrected")

    def reclassify(self, which: int, district: str) -> None:
        if record := self.record(which):
            self.world.change(record, district=district, reason="reclassified")

    def refute(self, which: int) -> None:
        if record := self.record(which):
            Credential.objects.filter(record_id=record.pk).update(state=Credential.State.REFUTED)
            self.world.mark(record.person, reason="refuted")

    def merge(self, one: int, other: int) -> None:
        person, into = self.people[one % 4], self.people[other % 4]
        into.refresh_from_db()
        person.refresh_from_db()
        if person.canonical_id is None and self.whole(into) != person.pk:
            self.world.merge(person, into)

    def split(self, which: int) -> None:
        person = self.people[which % 4]
        person.refresh_from_db()
        if person.canonical is not None:
            self.world.merge(person, None, person.canonical, reason="split")

    def settle(self) -> None:
        self.world.settle()
        self.check()

    def whole(self, person: Person) -> int:
        while person.canonical is not None:
            person = person.canonical
        return person.pk

    def record(self, which: int) -> Record | None:
        if not self.records:
            return None
        record = self.records[which % len(self.records)]
        record.refresh_from_db()
        return record

    def check(self) -> None:
        expected = who_counts()
        standing = {
            (row.target.code, row.person_id): Counted(
                row.effective_on, row.record_id, row.basis, row.organisation_id, row.district
            )
            for row in Standing.objects.select_related("target")
        }
        assert standing == expected
        found = recount()
        assert found.agrees, found
        for target in Target.objects.all():
            theirs = {person: counted for (code, person), counted in expected.items() if code == target.code}
            for as_of in ASKED:
                moment = books.moment(as_of=as_of)
                behind = {person for person, counted in theirs.items() if counted.effective_on <= as_of}
                self.ask(target, moment, len(behind))
                assert set(self.counted(target, moment)) == behind
                self.kept.append((moment, target.code, len(behind)))

    def ask(self, target: Target, moment: books.Moment, expected: int) -> None:
        entries = selectors.entries(self.actor, target, moment)
        assert selectors.achieved(entries) == expected
        by = selectors.DIMENSIONS[(expected + len(self.kept)) % len(selectors.DIMENSIONS)]
        parts = selectors.named_parts(by, selectors.sums_by(entries, by), moment.as_of)
        assert sum(part.achieved for part in parts) == expected
        # The cube says what the ledger does: as a whole, by a dimension, and for one value of it.
        by_day = {day: heads for day, heads in selectors.heads_by_day(entries).items() if heads}
        assert cube.days(self.actor, target, moment, Side()) == by_day
        sums = cube.parts(self.actor, target, moment, by)
        assert selectors.named_parts(by, sums, moment.as_of) == parts
        for key, heads in sums.items():
            assert sum(cube.days(self.actor, target, moment, Side(by, key)).values()) == heads

    def ask_the_api(self, code: str, as_of: dt.date, place: int, after: int, by: str) -> None:
        """At any moment, by any dimension: the parts, the months and the people come to the figure."""
        postings = list(Posting.objects.order_by("recorded_at").values_list("recorded_at", flat=True))
        moment = postings[place % len(postings)] + dt.timedelta(microseconds=after)
        at = {"as_of": as_of.isoformat(), "known_at": moment.isoformat()}
        manager = Caller(self.actor)
        achieved = get(manager, f"targets/{code}/", **at)["achieved"]
        parts = every(manager, f"targets/{code}/breakdown/", by=by, **at)
        assert sum(part["achieved"] for part in parts) == achieved
        months = every(manager, f"targets/{code}/series/", by="month", **at)
        assert sum(month["increment"] for month in months) == achieved
        assert get(manager, f"targets/{code}/people/", count="exact", **at)["count"] == achieved

    def counted(self, target: Target, moment: books.Moment) -> list[int]:
        return list(selectors.counted(self.actor, target, moment).values_list("person_id", flat=True))

    def ask_again(self) -> None:
        """Whatever was answered before is answered again."""
        for moment, code, expected in self.kept:
            target = Target.objects.get(code=code)
            again = books.moment(as_of=moment.as_of, known_at=moment.known_at.astimezone(BUREAU))
            assert again.known_at == moment.known_at
            self.ask(target, again, expected)
            assert len(self.counted(target, again)) == expected


@pytest.mark.usefixtures("scope_all")
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(actions, min_size=4, max_size=24), st.lists(questions, min_size=4, max_size=6))
def test_any_history(history: list[tuple[Any, ...]], asked: list[tuple[Any, ...]]) -> None:
    with transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(milestones, "EVERY", 3)
        told = History()
        for action, *given_ in history:
            getattr(told, action)(*given_)
        told.settle()
        told.ask_again()
        if Posting.objects.exists():
            milestones.set_milestones()
            assert recount().agrees
            for question in asked:
                told.ask_the_api(*question)
        transaction.set_rollback(True)


def test_the_oracle_counts_a_known_case(world: World) -> None:
    person, other = world.person(), world.person()
    world.record(person, "2019-03-29", (MASTER, "2019-07-01"))
    world.record(other, "2016-03-29", (DOCTOR, "2010-07-01"))
    counted = {target: counted.effective_on for (target, _), counted in who_counts().items()}
    assert counted == {"all": dt.date(2019, 3, 29), "high-end": dt.date(2019, 7, 1)}

"""Every cell of supply beside demand equals an independent count of the same books."""

import datetime as dt
import itertools
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.accounts import scope
from backend.vault import services as vault
from programs.records.models import Record
from programs.recruitment.models import Arrival, Candidate, Move, Position, PositionEdition
from programs.supply import figures, reading, selectors
from programs.supply.figures import Asked
from programs.targets.models import Standing, Target
from talent.people.models import Person
from tests.factories import CohortFactory, OfficerFactory, OrganisationFactory, SubmissionFactory
from tests.programs.supply import oracle
from tests.programs.supply.oracle import Books, Enrolment, Head, Post

START = dt.date(2019, 1, 1)
NUMBERS = ("needed", "positions", "accepted", "in_training", "overdue", "verified", "high_end", "gap")
days = st.integers(0, 40)
asked_for = st.fixed_dictionaries(
    {
        "occupation": st.sampled_from(["2-02-38-03", "2-02-38-00", "2-02-10-03"]),
        "level": st.sampled_from(["intermediate", "deputy_senior"]),
        "segment": st.sampled_from(["core", ""]),
        "district": st.sampled_from(["520102", ""]),
    }
)
said = st.fixed_dictionaries(
    {
        "occupation": st.sampled_from(sorted(oracle.READ)),
        "title": st.sampled_from(sorted(oracle.LEVELS)),
        "segment": st.sampled_from(["core", ""]),
        "district": st.sampled_from(["520102", ""]),
    }
)


def day(n: int) -> dt.date:
    return START + dt.timedelta(days=n)


@st.composite
def drawn_books(draw: st.DrawFn) -> dict[str, list[dict[str, Any]]]:
    """What is needed, who is in training and who counts, as numbers of days and places in lists."""
    post: st.SearchStrategy[Any] = st.fixed_dictionaries(
        {
            "where": asked_for,
            "organisation": st.integers(0, 1),
            "wanted": st.integers(1, 4),
            "arrived": st.integers(0, 1),
            "accepted": st.integers(0, 2),
            "until": days,
            "closed": st.sampled_from([False, False, True]),
        }
    )
    enrolment: st.SearchStrategy[Any] = st.fixed_dictionaries(
        {
            "said": said,
            "cohort": st.integers(0, 3),
            "person": st.integers(0, 5),
            "started": st.integers(0, 20),
            "outcome": st.sampled_from(["in_progress", "in_progress", "completed", "withdrawn"]),
            "rest": st.integers(0, 20),
            "state": st.sampled_from(["submitted", "verified", "returned", "rejected"]),
        }
    )
    head: st.SearchStrategy[Any] = st.fixed_dictionaries({"said": said, "since": days, "high_end": st.none() | days})
    return {
        "posts": draw(st.lists(post, max_size=5)),
        "enrolments": draw(st.lists(enrolment, max_size=8, unique_by=lambda one: (one["person"], one["cohort"]))),
        "heads": draw(st.lists(head, max_size=3)),
        "ends": draw(st.lists(days, min_size=4, max_size=4)),
    }


class Made:
    """The books in the database, and as the independent count takes them."""

    def __init__(self, drawn: dict[str, Any]) -> None:
        self.books = Books()
        self.organisations = [OrganisationFactory(), OrganisationFactory()]
        self.officer = OfficerFactory()
        self.cohorts = [
            CohortFactory(organisation=self.organisations[place % 2], starts_on=START, ends_on=day(end))
            for place, end in enumerate(drawn["ends"])
        ]
        self.submission = SubmissionFactory(organisation=self.organisations[0])
        self.people = [Person.objects.create(name=f"人{n}", name_key=f"人{n}") for n in range(6)]
        self.rows = itertools.count(1)
        for one in drawn["posts"]:
            self._post(**one)
        for one in drawn["enrolments"]:
            self._enrolment(**one)
        for one in drawn["heads"]:
            self._head(**one)

    def _post(self, where: dict[str, str], organisation: int, until: int, closed: bool, **numbers: int) -> None:
        owner = self.organisations[organisation]
        values = {**where, "wanted": numbers["wanted"], "open_until": day(until), "organisation": owner}
        place = next(self.rows)
        position = Position.objects.create(ref=f"P{place}", title="x", opened_on=START, **values)
        PositionEdition.objects.create(position=position, since=START, closed=closed, **values)
        for n in range(numbers["arrived"] + numbers["accepted"]):
            stages = ["accepted", "arrived"] if n < numbers["arrived"] else ["sourced", "accepted"]
            candidate = Candidate.objects.create(
                organisation=owner,
                position=position,
                source="fair",
                sealed=b"x",
                name_index=vault.index_many(["x"])[0],
                stage=stages[-1],
                stage_on=START,
                entered_on=START,
            )
            for before, to in itertools.pairwise(["", *stages]):
                Move.objects.create(candidate=candidate, organisation=owner, before=before, to=to, day=START)
            if "arrived" in stages:
                Arrival.objects.create(
                    candidate=candidate,
                    organisation=owner,
                    position=position,
                    programme=self.cohorts[0].programme,
                    submission=self.submission,
                    row=next(self.rows),
                    day=START,
                    by_id=self.officer.pk,
                )
        self.books.posts.append(Post(where, organisation, until=day(until), closed=closed, **numbers))

    def _record(self, said: dict[str, str], cohort: Any, person: Person, **values: Any) -> Record:
        return Record.objects.create(
            person=person,
            organisation=cohort.organisation,
            submission=self.submission,
            row=next(self.rows),
            programme=cohort.programme,
            cohort=cohort,
            path="trained",
            digest=next(self.rows).to_bytes(32, "big"),
            **said,
            **values,
        )

    def _enrolment(
        self, said: dict[str, str], cohort: int, person: int, started: int, outcome: str, rest: int, state: str
    ) -> None:
        completed = day(started + rest) if outcome == "completed" else None
        own = self.cohorts[cohort]
        self._record(
            said,
            own,
            self.people[person],
            started_on=day(started),
            completed_on=completed,
            outcome=outcome,
            state=state,
        )
        live = outcome != "withdrawn" and state != "rejected"
        self.books.enrolments.append(
            Enrolment(read(said), cohort % 2, person, own.ends_on, day(started), completed, live)
        )

    def _head(self, said: dict[str, str], since: int, high_end: int | None) -> None:
        person = Person.objects.create(name="头", name_key="头")
        cohort = self.cohorts[0]
        record = self._record(
            said,
            cohort,
            person,
            started_on=START,
            completed_on=START,
            outcome="completed",
            state="verified",
        )
        for code, from_day in (("all", since), ("high-end", high_end)):
            if from_day is not None:
                Standing.objects.create(
                    target=Target.objects.get(code=code),
                    person=person,
                    number=1,
                    effective_on=day(from_day),
                    record_id=record.pk,
                    organisation=cohort.organisation,
                    programme=cohort.programme,
                    path="trained",
                    basis="none",
                    district=said["district"],
                    segment=said["segment"],
                )
        # Whoever counts has completed on the first day, and so is in training on none.
        high = None if high_end is None else day(high_end)
        self.books.heads.append(Head(read(said), 0, day(since), high))


def read(said: dict[str, str]) -> dict[str, str]:
    """What is said of somebody, read."""
    return {
        "occupation": oracle.READ[said["occupation"]],
        "level": oracle.LEVELS[said["title"]],
        "segment": said["segment"],
        "district": said["district"],
    }


@pytest.mark.django_db
@settings(max_examples=40)
@given(
    drawn=drawn_books(),
    as_of=days,
    by=st.sampled_from(figures.BY),
    crossed=st.sampled_from(figures.BY),
    only=st.sampled_from([None, ("occupation", "2-02-38"), ("occupation", "2-02-38-03"), ("segment", "unspecified")]),
)
def test_cells_equal_an_independent_count(
    drawn: dict[str, Any], as_of: int, by: str, crossed: str, only: tuple[str, str] | None
) -> None:
    def fits(where: dict[str, str]) -> bool:
        if only is None:
            return True
        name, value = only
        wanted = "" if value == "unspecified" else value
        return where[name] == wanted or (value == "2-02-38" and where[name].startswith("2-02-38-"))

    with transaction.atomic():
        with scope.everything():
            made = Made(drawn)
            narrower: dict[str, Any] = dict([only] if only else [])
            asked = replace(Asked(day(as_of)), **narrower)
            found = figures.cells(made.officer, asked, by, crossed)
            wanted = oracle.cells(made.books, day(as_of), by, crossed, fits)
            assert {
                (one.key, one.crossed): {name: n for name in NUMBERS if (n := getattr(one, name))} for one in found
            } == wanted
            assert all(0 <= one.in_time <= one.in_training for one in found)
            coming = figures.months(made.officer, asked)
            assert sum(one.completing for one in coming) == sum(one.in_training for one in found)
            assert sum(one.places for one in coming) == sum(one.needed - one.accepted for one in found)
        transaction.set_rollback(True)


def test_the_example_of_the_page_worked_by_hand(scope_all: None) -> None:
    """``docs/supply.md``."""
    where = {"occupation": "2-02-38-00", "level": "intermediate", "segment": "core", "district": ""}
    told = {"occupation": "大数据工程技术人员", "title": "083", "segment": "core", "district": ""}
    post = {"where": where, "organisation": 0, "closed": False}
    enrolment = {"said": told, "started": 0, "outcome": "in_progress", "rest": 0, "state": "submitted"}
    made = Made(
        {
            "posts": [
                {**post, "wanted": 4, "arrived": 1, "accepted": 1, "until": 30},
                {**post, "wanted": 3, "arrived": 0, "accepted": 0, "until": 36},
            ],
            "enrolments": [{**enrolment, "person": n, "cohort": cohort} for n, cohort in enumerate((0, 1, 1, 1, 1, 2))],
            "heads": [],
            "ends": [20, 33, 5, 40],
        }
    )
    [one] = figures.cells(made.officer, Asked(day(10)), "occupation")
    assert (one.key, one.needed, one.accepted, one.in_training, one.overdue) == ("2-02-38", 6, 1, 6, 1)
    assert (one.in_time, one.gap) == (4, 1)


def test_what_is_told_of_the_city_cannot_be_subtracted() -> None:
    wide, narrow = set(range(9)), {1, 2}
    assert selectors.tellable({"a": wide, "b": wide}) == {"a", "b"}
    assert selectors.tellable({"a": set(range(4))}) == set()
    # One cell alone with two behind it would be the whole less the others: the next smallest is kept back with it.
    assert selectors.tellable({"a": wide, "b": set(range(5)), "c": narrow}) == {"a"}
    assert selectors.tellable({"a": wide, "b": narrow, "c": {3, 4}, "d": {5}}) == {"a"}


@given(behind=st.dictionaries(st.sampled_from("abcdefg"), st.frozensets(st.integers(0, 12), max_size=9)))
def test_what_is_kept_back_is_made_of_several_too(behind: dict[str, frozenset[int]]) -> None:
    told = selectors.tellable(behind)
    assert all(len(behind[key]) >= selectors.FEWEST for key in told)
    back = set().union(*(behind[key] for key in behind if key not in told))
    assert not told or not back or len(back) >= selectors.FEWEST


@given(places=st.lists(days.map(day), max_size=7), people=st.lists(days.map(day), max_size=7))
def test_seating_many_in_order_is_seating_each_as_well_as_can_be(places: list[dt.date], people: list[dt.date]) -> None:
    assert oracle.in_order(places, people) == oracle.matched(places, people)


def test_occupations_are_read() -> None:
    assert reading.group_of("2-02-38-03") == "2-02-38"
    assert [reading.is_group(code) for code in ("2-02-38", "2-02", "2-02-38-03")] == [True, True, False]

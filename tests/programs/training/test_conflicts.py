"""What does not fit in cohorts: each kind, who is told of it, and what is no conflict."""

import datetime as dt
from itertools import combinations
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend import clock
from backend.accounts import scope
from programs.catalogue.models import Cohort
from programs.records.models import NOT_LIVE, Record
from programs.training.conflicts import Kind, conflicts
from talent.people.models import Person
from tests.factories import (
    CohortFactory,
    ManagerFactory,
    OrganisationFactory,
    PartnerFactory,
    PersonFactory,
    ProgrammeFactory,
)
from tests.programs.training.test_figures import enrol

pytestmark = pytest.mark.django_db


def told(actor: Any = None, *cohorts: Cohort, kinds: Any = tuple(Kind)) -> list[tuple[Any, ...]]:
    given_cohorts = list(cohorts or Cohort.objects.select_related("programme", "organisation").order_by("code"))
    found = conflicts(actor or ManagerFactory(), given_cohorts, kinds)
    return [(one.kind.value, one.cohort, one.other, one.people, one.places) for one in found]


def test_more_people_than_places(scope_all: None) -> None:
    cohort = CohortFactory(code="A", capacity=2)
    enrol(cohort), enrol(cohort), enrol(cohort, "withdrawn"), enrol(cohort, state=Record.State.REJECTED)
    assert told() == []
    enrol(cohort, state=Record.State.SUBMITTED)
    assert told() == [("over_capacity", "A", None, 3, 2)]
    [one] = conflicts(ManagerFactory(), [cohort])
    with override("en"):
        assert one.message == "3 people for 2 places."
    assert one.advice


def test_outside_its_programme(scope_all: None) -> None:
    CohortFactory(code="A", programme=ProgrammeFactory(starts_on=dt.date(2019, 2, 1)))
    assert told() == [("outside_programme", "A", None, None, None)]


def test_running_without_anybody_and_ended_with_some_still_in_it(scope_all: None) -> None:
    today = clock.today()
    programme = ProgrammeFactory(ends_on=dt.date(2099, 12, 31))
    one_day = dt.timedelta(days=1)
    running = CohortFactory(code="R", programme=programme, starts_on=today, ends_on=today)
    CohortFactory(code="P", programme=programme, starts_on=today + one_day, ends_on=today + one_day)
    ended = CohortFactory(code="E", programme=programme, starts_on=today - 9 * one_day, ends_on=today - one_day)
    enrol(ended, "in_progress"), enrol(ended)
    assert told() == [("unfinished", "E", None, 1, None), ("empty", "R", None, 0, None)]
    enrol(running, "withdrawn")
    assert told(None, kinds=["empty"]) == []
    assert told(None, running, kinds=["unfinished"]) == []


def test_places_of_all_cohorts_are_the_bureaus_to_compare(scope_all: None) -> None:
    programme = ProgrammeFactory(capacity=5)
    mine = CohortFactory(code="A", programme=programme, capacity=4)
    CohortFactory(code="B", programme=programme, capacity=2)
    assert told() == [("programme_capacity", None, None, 6, 5)]
    assert told(None, mine) == [("programme_capacity", None, None, 6, 5)]
    assert told(PartnerFactory(organisation=mine.organisation), mine) == []


def test_a_person_in_two_cohorts_on_the_same_days(scope_all: None) -> None:
    mine, theirs, late = CohortFactory(code="A"), CohortFactory(code="B"), CohortFactory(code="C")
    Cohort.objects.filter(pk=late.pk).update(starts_on=dt.date(2019, 5, 1), ends_on=dt.date(2019, 6, 30))
    person, row = PersonFactory(), PersonFactory()
    enrol(mine, person=person, completed_on=dt.date(2019, 2, 1))
    enrol(late, person=person, started_on=dt.date(2019, 5, 1), completed_on=dt.date(2019, 6, 1))
    enrol(theirs, person=row, started_on=dt.date(2019, 2, 2))
    assert told() == []
    Person.objects.filter(pk=row.pk).update(canonical=person)
    assert told() == []  # the one begins the day after the other was completed
    Record.objects.filter(person=row).update(started_on=dt.date(2019, 2, 1))
    assert told() == [("overlap", "A", "B", 1, None)]
    assert told(None, theirs) == [("overlap", "B", "A", 1, None)]
    with scope.within(mine.organisation_id):
        assert told(PartnerFactory(organisation=mine.organisation), mine) == []
    Record.objects.filter(person=row).update(outcome="withdrawn")
    assert told() == []


STAY = st.tuples(
    st.integers(0, 3), st.integers(0, 2), st.integers(1, 100), st.integers(0, 60), st.sampled_from(list(Record.State))
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STAY, max_size=9, unique_by=lambda one: one[:2]))
def test_overlaps_are_those_of_a_walk_through_all_pairs(scope_all: None, stays: list[Any]) -> None:
    organisation = OrganisationFactory()
    people = [PersonFactory() for _n in range(4)]
    cohorts = [CohortFactory(organisation=organisation) for _n in range(3)]
    Person.objects.filter(pk=people[3].pk).update(canonical=people[0])
    first = dt.date(2019, 1, 1)
    live = []
    for who, where, since, length, state in stays:
        days = (first + dt.timedelta(days=since - 1), first + dt.timedelta(days=since - 1 + length))
        enrol(cohorts[where], person=people[who], started_on=days[0], completed_on=days[1], state=state)
        if state not in NOT_LIVE:
            live.append((who % 3, where, days))
    expected: dict[tuple[int, int], set[int]] = {}
    for (a, here, at), (b, there, then) in combinations(live, 2):
        if a == b and here != there and at[0] <= then[1] and then[0] <= at[1]:
            expected.setdefault((min(here, there), max(here, there)), set()).add(a)
    by_code = {cohort.code: place for place, cohort in enumerate(cohorts)}
    found = {}
    for one in conflicts(ManagerFactory(), cohorts, [Kind.OVERLAP]):
        pair = sorted((by_code[str(one.cohort)], by_code[str(one.other)]))
        found[pair[0], pair[1]] = one.people
    assert found == {pair: len(who) for pair, who in expected.items()}

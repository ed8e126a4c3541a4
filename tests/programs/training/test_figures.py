"""Figures of cohorts: cases worked by hand, and any cohort against an independent count."""

import datetime as dt
from collections import Counter
from fractions import Fraction
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.accounts import scope
from programs.records.models import NOT_LIVE, Record
from programs.targets.models import Target
from programs.targets.settle import settle_batch
from programs.training import figures, noting, selectors
from programs.training.figures import Tally, cost_per, tallies, together
from talent.people.models import Person, PersonChange
from talent.people.services import mark_changed
from tests.factories import (
    BudgetLineFactory,
    CohortFactory,
    ManagerFactory,
    OfficerFactory,
    PartnerFactory,
    PersonFactory,
    ProgrammeFactory,
    RecordFactory,
)

pytestmark = pytest.mark.django_db
V, S = Record.State.VERIFIED, Record.State.SUBMITTED


def enrol(cohort: Any, outcome: str = "completed", state: str = V, **more: Any) -> Record:
    if outcome != "completed":
        more["completed_on"] = None
    return RecordFactory(cohort=cohort, organisation=cohort.organisation, outcome=outcome, state=state, **more)


def test_a_cohort_worked_by_hand(scope_all: None) -> None:
    """Ten enrolled: 6 completed of whom 4 verified, 3 withdrew, 1 in progress; 20,000.50 yuan spent."""
    cohort = CohortFactory(capacity=12)
    done = [enrol(cohort) for _n in range(4)] + [enrol(cohort, state=S) for _n in range(2)]
    gone = [enrol(cohort, "withdrawn") for _n in range(3)]
    enrol(cohort, "in_progress", state=Record.State.RETURNED)
    enrol(cohort, state=Record.State.REJECTED)
    enrol(cohort, state=Record.State.WITHDRAWN)
    BudgetLineFactory(cohort=cohort, planned_fen=3_000_000, spent_fen=1_000_025)
    BudgetLineFactory(cohort=cohort, planned_fen=500_000, spent_fen=1_000_025)
    noting.note(
        actor=OfficerFactory(),
        cohort=cohort,
        rows=[
            {"record": done[0].pk, "sessions_held": 40, "sessions_attended": 38, "hours": 114, "until": day(3, 29)},
            {"record": done[1].pk, "sessions_held": 40, "sessions_attended": 30, "until": day(3, 29)},
            {"record": gone[0].pk, "withdrawal_reason": "employment", "until": day(2, 1)},
            {"record": gone[1].pk, "withdrawal_reason": "employment", "hours": 6.5, "until": day(2, 1)},
        ],
    )
    found = tallies([cohort.pk])[cohort.pk]
    assert found == Tally(
        enrolled=10,
        in_progress=1,
        completed=6,
        verified_completions=4,
        withdrawn=3,
        awaiting_review=2,
        returned=1,
        withdrawn_by_reason={"": 1, "employment": 2},
        noted=4,
        sessions_held=80,
        sessions_attended=68,
        hours=120.5,
        planned_fen=3_500_000,
        spent_fen=2_000_050,
    )
    assert (found.taken, found.completion_rate, found.dropout_rate, found.attendance_rate) == (7, 0.6, 0.3, 0.85)
    assert found.cost_per_completion_fen == 500_013  # 2,000,050 / 4 = 500,012.5
    [course] = selectors.courses(ManagerFactory(), [cohort])
    assert (course.state, course.places_left) == ("ended", 5)


def test_nothing_is_no_rate(scope_all: None) -> None:
    cohort = CohortFactory()
    found = tallies([cohort.pk])[cohort.pk]
    assert found == Tally()
    assert (found.completion_rate, found.dropout_rate, found.attendance_rate) == (None, None, None)
    assert (found.spent_fen, found.cost_per_completion_fen) == (None, None)
    BudgetLineFactory(cohort=cohort, spent_fen=100)
    assert tallies([cohort.pk])[cohort.pk].cost_per_completion_fen is None
    enrol(cohort)
    assert tallies([cohort.pk])[cohort.pk].cost_per_completion_fen == 100
    assert tallies([]) == {}


@given(st.integers(0, 10**13), st.integers(0, 10**6))
def test_cost_is_rounded_half_up(spent: int, heads: int) -> None:
    found = cost_per(spent, heads)
    if not heads:
        assert found is None
    else:
        assert found is not None
        assert Fraction(-1, 2) < found - Fraction(spent, heads) <= Fraction(1, 2)


ENROLMENT = st.tuples(
    st.integers(0, 1),
    st.sampled_from(["in_progress", "completed", "withdrawn"]),
    st.sampled_from(list(Record.State)),
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=3),
    st.sampled_from(["", "health", "employment"]),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ENROLMENT, max_size=12), st.lists(st.tuples(st.integers(0, 1), st.integers(0, 10**9)), max_size=4))
def test_any_cohorts_are_counted_as_one_by_one(scope_all: None, people: list[Any], money: list[Any]) -> None:
    """What the one statement counts, against a walk through the rows in Python."""
    officer = OfficerFactory()
    cohorts = [CohortFactory(), CohortFactory()]
    latest: dict[int, tuple[int, int, str]] = {}
    for place, outcome, state, told, reason in people:
        record = enrol(cohorts[place], outcome, state)
        for held, attended in told:
            given_reason = reason if outcome == "withdrawn" else ""
            row = {"record": record.pk, "sessions_held": max(held, attended), "sessions_attended": attended}
            if state not in NOT_LIVE:
                row |= {"until": day(2, 1), "withdrawal_reason": given_reason}
                noting.note(actor=officer, cohort=cohorts[place], rows=[row])
                latest[record.pk] = (max(held, attended), attended, given_reason)
    for place, amount in money:
        BudgetLineFactory(cohort=cohorts[place], planned_fen=amount, spent_fen=amount // 2)

    found = tallies([one.pk for one in cohorts])
    for place, cohort in enumerate(cohorts):
        live = [r for r in Record.objects.filter(cohort=cohort) if r.state not in NOT_LIVE]
        by = Counter(r.outcome for r in live)
        tally = found[cohort.pk]
        assert tally.enrolled == len(live) == tally.in_progress + tally.completed + tally.withdrawn
        assert (tally.in_progress, tally.completed, tally.withdrawn) == (
            by["in_progress"],
            by["completed"],
            by["withdrawn"],
        )
        assert tally.verified_completions == sum(r.outcome == "completed" and r.state == V for r in live)
        reasons = Counter(latest.get(r.pk, (0, 0, ""))[2] for r in live if r.outcome == "withdrawn")
        assert tally.withdrawn_by_reason == dict(reasons)
        noted = [latest[r.pk] for r in live if r.pk in latest]
        assert (tally.noted, tally.sessions_held, tally.sessions_attended) == (
            len(noted),
            sum(held for held, _a, _r in noted),
            sum(attended for _h, attended, _r in noted),
        )
        own = [amount for there, amount in money if there == place]
        assert (tally.planned_fen, tally.spent_fen) == ((sum(own), sum(a // 2 for a in own)) if own else (None, None))
    whole = together(list(found.values()))
    assert whole.enrolled == sum(one.enrolled for one in found.values())
    assert sum(whole.withdrawn_by_reason.values()) == whole.withdrawn


def test_what_cohorts_add_to_the_targets(scope_all: None) -> None:
    """Two cohorts and a merged person: each head is one record's, so the shares add up to the figure."""
    first, second = CohortFactory(code="A"), CohortFactory(code="B")
    for _n in range(2):
        enrol(first, high_end=True)
    enrol(first)
    enrol(second)
    enrol(second, state=S)
    twice = PersonFactory()
    other = PersonFactory()
    enrol(first, person=twice, completed_on=dt.date(2019, 3, 1))
    enrol(second, person=other, completed_on=dt.date(2019, 3, 20))
    Person.objects.filter(pk=other.pk).update(canonical=twice)
    settle()
    manager = ManagerFactory()
    told = {one.target: (one.heads, one.achieved) for one in selectors.shares(manager, [first])}
    assert told == {"all": (4, 5), "high-end": (2, 2)}
    [one, two] = selectors.courses(manager, [first, second])
    assert (one.heads, two.heads) == ({"all": 4, "high-end": 2}, {"all": 1, "high-end": 0})
    [every] = [s for s in selectors.shares(manager, [first, second]) if s.target == "all"]
    assert (every.heads, every.of_achieved, every.of_goal) == (
        5,
        1.0,
        round(5 / Target.objects.get(code="all").goal, 4),
    )
    assert selectors.courses(PartnerFactory(organisation=first.organisation), [first])[0].heads is None
    assert selectors.shares(PartnerFactory(organisation=first.organisation), [first]) == []


def test_a_page_of_cohorts_costs_as_many_statements_as_one(scope_all: None) -> None:
    programme, officer = ProgrammeFactory(), OfficerFactory()
    cohorts = [CohortFactory(programme=programme) for _n in range(6)]
    for cohort in cohorts:
        enrol(cohort)
        BudgetLineFactory(cohort=cohort)

    def statements(some: list[Any]) -> int:
        with CaptureQueriesContext(connection) as caught:
            selectors.courses(officer, some)
        return len(caught)

    assert statements(cohorts) == statements(cohorts[:1])
    with CaptureQueriesContext(connection) as caught:
        figures.tallies([one.pk for one in cohorts])
    assert len(caught) == 1


def test_a_partner_counts_its_own_rows_whatever_it_asks_for(scope_all: None) -> None:
    ours, theirs = CohortFactory(), CohortFactory()
    enrol(theirs)
    BudgetLineFactory(cohort=theirs, spent_fen=5)
    with scope.within(ours.organisation_id):
        assert tallies([theirs.pk])[theirs.pk] == Tally()


def day(month: int, of_month: int) -> dt.date:
    return dt.date(2019, month, of_month)


def settle() -> None:
    mark_changed(person_ids=Person.objects.values_list("pk", flat=True), reason=PersonChange.Reason.VERIFIED)
    settle_batch()

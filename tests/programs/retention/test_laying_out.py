"""Whom is asked after, when, and with which period: hand-worked."""

from typing import Any

import pytest

from backend import clock
from backend.accounts.scope import everything
from backend.problems import Invalid
from programs.periods import services as periods
from programs.retention import expecting, rules
from programs.retention.models import RetentionCheck
from tests.factories import OfficerFactory
from tests.programs.retention.world import Town
from tests.programs.targets.world import day

pytestmark = pytest.mark.django_db


def test_who_was_introduced_is_asked_after_twice_and_who_was_trained_once(town: Town) -> None:
    town.introduce("2019-03-31")
    town.record(town.person(), "2019-02-28")
    town.follow()
    assert town.checks(path="introduced") == [
        (6, "2019-09-30", "open", "2019-Q3"),
        (12, "2020-03-31", "open", "2020-Q1"),
    ]
    assert town.checks(path="trained") == [(6, "2019-08-28", "open", "2019-Q3")]
    assert town.owed() == [
        ("HITECH", "2019-Q3", "missing", None),
        ("HITECH", "2020-Q1", "missing", None),
        ("UNI-A", "2019-Q3", "missing", None),
    ]


def test_a_month_without_that_day_ends_on_its_last(town: Town) -> None:
    town.introduce("2019-08-31")
    town.follow()
    assert town.checks()[0][1] == "2020-02-29"


@pytest.mark.parametrize("values", [{"state": "submitted"}, {"outcome": "withdrawn"}])
def test_nobody_is_asked_after_who_is_not_verified_and_there(town: Town, values: dict[str, Any]) -> None:
    town.introduce("2019-03-01", **values)
    town.follow()
    assert town.checks() == []
    assert town.owed() == []


def test_a_revoked_record_is_not_asked_about_and_asked_again_once_it_stands(town: Town) -> None:
    record = town.introduce("2019-03-01")
    town.follow()
    town.change(record, state="revoked", reason="revoked")
    town.follow()
    assert {state for _months, _day, state, _period in town.checks()} == {"withdrawn"}
    assert town.owed() == []
    town.change(record, state="verified", reason="verified")
    town.follow()
    assert [(state, period) for _months, _day, state, period in town.checks()] == [
        ("open", "2019-Q3"),
        ("open", "2020-Q1"),
    ]
    assert len(town.owed()) == 2


def test_another_day_of_arrival_moves_the_questions(town: Town) -> None:
    record = town.introduce("2019-03-01")
    town.follow()
    town.change(record, completed_on=day("2019-05-01"), reason="corrected")
    town.follow()
    assert town.checks() == [(6, "2019-11-01", "open", "2019-Q4"), (12, "2020-05-01", "open", "2020-Q2")]
    assert [period for _code, period, *_rest in town.owed()] == ["2019-Q4", "2020-Q2"]


def test_two_introductions_at_one_employer_are_asked_about_once(town: Town) -> None:
    first = town.introduce("2019-03-01", by=town.b)
    second = town.record(first.person, "2019-04-01", by=town.b)
    town.change(second, path="introduced", reason="corrected")
    town.follow()
    with everything():
        assert set(RetentionCheck.objects.values_list("record_id", flat=True)) == {first.pk}
    town.change(first, state="revoked", reason="revoked")
    town.follow()
    with everything():
        standing = RetentionCheck.objects.exclude(state="withdrawn")
        assert set(standing.values_list("record_id", flat=True)) == {second.pk}


def test_who_was_introduced_by_two_rows_of_one_person_is_asked_about_once_they_are_known_to_be_one(town: Town) -> None:
    first, second = town.introduce("2019-03-01"), town.introduce("2019-04-01")
    town.follow()
    assert len(town.checks()) == 4
    town.merge(second.person, first.person)
    town.follow()
    assert len(town.checks(state="open")) == 2
    town.merge(second.person, None, first.person, reason="split")
    town.follow()
    assert len(town.checks(state="open")) == 4


def test_who_came_anew_after_leaving_is_asked_after_anew(town: Town) -> None:
    first = town.introduce("2019-03-01", by=town.b)
    town.follow()
    town.answer(town.check(first), by="UNI-B", answer="left", left_on="2019-05-01", reason="study")
    second = town.record(first.person, "2019-07-01", by=town.b)
    town.change(second, path="introduced", reason="corrected")
    town.follow()
    assert town.checks(record=second, state="open") == [
        (6, "2020-01-01", "open", "2020-Q1"),
        (12, "2020-07-01", "open", "2020-Q3"),
    ]
    assert town.checks(record=first, months=12) == [(12, "2020-03-01", "withdrawn", None)]


def test_other_months_from_a_day_on(town: Town) -> None:
    before, after = town.introduce("2019-03-01"), town.introduce("2019-04-01")
    town.follow()
    asked = {"path": "introduced", "valid_from": "2019-04-01", "months": [3, 6], "reason": "通知"}
    assert town.officer.post("/api/v1/retention/rules/", asked, format="json").status_code == 201
    town.follow()
    assert [months for months, *_rest in town.checks(record=before)] == [6, 12]
    assert [(months, state) for months, _day, state, _period in town.checks(record=after)] == [
        (3, "open"),
        (6, "open"),
        (12, "withdrawn"),
    ]
    assert rules.in_force("introduced", day("2019-03-31")) == [6, 12]
    assert rules.in_force("introduced", day("2020-01-01")) == [3, 6]


def test_a_rule_says_why_and_its_months_are_some(town: Town) -> None:
    asked = {"path": "introduced", "valid_from": "2019-04-01", "months": [0, 200], "reason": " "}
    answer = town.officer.post("/api/v1/retention/rules/", asked, format="json")
    assert answer.status_code == 400
    with everything(), pytest.raises(Invalid):
        rules.make_rule(actor=OfficerFactory(), path="trained", valid_from=day("2019-01-01"), months=[0], reason="x")


def test_a_question_waits_for_its_period(scope_all: None) -> None:
    town = Town()
    town.introduce("2019-03-01")
    town.follow()
    assert [period for *_rest, period in town.checks()] == [None, None]
    assert town.owed() == []
    town.quarters("2019-07-01", "2019-09-30")
    assert expecting.expect(unplaced_only=True) == 1
    assert [period for *_rest, period in town.checks()] == ["2019-Q3", None]


def test_a_quarter_goes_before_a_month_and_a_locked_period_is_passed_over(scope_all: None) -> None:
    town = Town()
    town.quarters("2019-07-01", "2019-09-30")
    with everything():
        for first, last in (("2019-09-01", "2019-09-30"), ("2020-03-01", "2020-03-31")):
            made = periods.generate_periods(
                actor=None, frequency="month", first=day(first), last=day(last), working_days_after_end=5
            )
        periods.lock_period(actor=None, period=made.created[0], reason="核定")
    town.introduce("2019-03-01")
    town.follow()
    assert [period for *_rest, period in town.checks()] == ["2019-Q3", None]


def test_who_is_verified_late_is_asked_with_the_period_of_today(town: Town) -> None:
    """The quarter of the day is long over; another one is running."""
    today = clock.today()
    town.quarters(today.isoformat(), today.isoformat())
    town.introduce("2019-03-01")
    town.follow()
    running = f"{today.year}-Q{(today.month + 2) // 3}"
    assert [period for *_rest, period in town.checks()] == [running, running]
    assert town.owed() == [("HITECH", running, "missing", None)]

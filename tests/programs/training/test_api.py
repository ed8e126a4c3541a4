"""Cohorts, programmes and conflicts over HTTP: rows, filters, who sees what, and the heads of a cohort."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from backend import clock
from programs.records.models import Record
from tests.factories import (
    BudgetLineFactory,
    CohortFactory,
    ManagerFactory,
    OfficerFactory,
    PartnerFactory,
    PeriodFactory,
    PersonFactory,
    ProgrammeFactory,
)
from tests.programs.catalogue.test_catalogue import signed_in
from tests.programs.training.test_figures import enrol, settle

pytestmark = pytest.mark.django_db
API = "/api/v1/"
COURSES, CONFLICTS = f"{API}training/cohorts/", f"{API}training/conflicts/"


@pytest.fixture
def manager(scope_all: None) -> APIClient:
    return signed_in(ManagerFactory())


def rows(client: APIClient, address: str, **params: str) -> list[dict[str, Any]]:
    answer = client.get(address, params)
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def test_a_cohort_in_figures(manager: APIClient) -> None:
    cohort = CohortFactory(code="A", capacity=1, programme=ProgrammeFactory(code="BD"))
    BudgetLineFactory(cohort=cohort, planned_fen=100, spent_fen=90)
    BudgetLineFactory(cohort=None, programme=cohort.programme, planned_fen=1000, spent_fen=30)
    enrol(cohort, high_end=True), enrol(cohort), enrol(cohort, state=Record.State.SUBMITTED)
    settle()
    told = manager.get(f"{API}cohorts/A/figures/").json()
    wanted = {"enrolled": 3, "completed": 3, "verified_completions": 2, "places_left": -2, "state": "ended"}
    assert wanted.items() <= told.items()
    assert (told["spent_fen"], told["cost_per_completion_fen"]) == (90, 45)
    assert told["conflicts"] == ["over_capacity"]
    assert told["found"] == rows(manager, f"{API}cohorts/A/conflicts/")
    assert told["found"][0]["message"] == "3 people for 1 place."
    shares = {one["target"]: one for one in told["targets"]}
    assert (shares["all"]["heads"], shares["high-end"]["heads"], shares["all"]["of_achieved"]) == (2, 1, 1.0)
    assert told["heads"] == {"all": 2, "high-end": 1}

    whole = manager.get(f"{API}programmes/BD/figures/").json()
    assert (whole["cohorts"], whole["enrolled"], whole["spent_fen"]) == (1, 3, 120)
    assert (whole["cost_per_completion_fen"], whole["targets"]) == (60, told["targets"])
    own = signed_in(PartnerFactory(organisation=cohort.organisation))
    assert own.get(f"{API}programmes/BD/figures/").json()["spent_fen"] == 90
    told = own.get(f"{API}cohorts/A/figures/").json()
    assert (told["spent_fen"], told["heads"], told["targets"]) == (90, None, [])


def test_the_heads_of_a_cohort_open_from_its_target(manager: APIClient) -> None:
    cohort, other = CohortFactory(code="A"), CohortFactory(code="B")
    mine = [enrol(cohort), enrol(cohort, high_end=True)]
    enrol(other)
    settle()
    here = f"{API}targets/all/"
    answer = manager.get(f"{here}people/", {"cohort": "A", "count": "exact"}).json()
    assert answer["count"] == 2
    assert {row["person"] for row in answer["results"]} == {one.person_id for one in mine}
    *_rest, last = rows(manager, f"{here}series/", by="year", cohort="A")
    assert last["cumulative"] == 2
    assert manager.get(f"{here}people/", {"cohort": "NONE", "count": "exact"}).json()["count"] == 0
    page = Client()
    page.force_login(ManagerFactory(), backend="django.contrib.auth.backends.ModelBackend")
    for address in ("/targets/all/", "/targets/all/people/", "/targets/all/changes/"):
        assert page.get(address, {"cohort": "A"}).status_code == 200, address
    parts = manager.get(f"{here}breakdown/", {"by": "programme", "cohort": "A"}).json()
    parts = parts["results"] if isinstance(parts, dict) else parts
    assert [(one["key"], one["achieved"]) for one in parts] == [(cohort.programme.code, 2)]


def test_cohorts_are_filtered_by_state_period_and_conflict(manager: APIClient) -> None:
    today, day = clock.today(), dt.timedelta(days=1)
    long = ProgrammeFactory(code="LONG", ends_on=dt.date(2099, 12, 31))
    CohortFactory(code="RUNS", programme=long, starts_on=today - day, ends_on=today)
    CohortFactory(code="NEXT", programme=long, starts_on=today + day, ends_on=today + 2 * day)
    ended = CohortFactory(code="OVER", capacity=1)
    PeriodFactory(code="2019-Q1")
    enrol(ended), enrol(ended)

    def codes(**params: str) -> list[str]:
        return [row["code"] for row in rows(manager, COURSES, **params)]

    assert codes() == ["NEXT", "OVER", "RUNS"]
    assert (codes(state="planned"), codes(state="running"), codes(state="ended")) == (["NEXT"], ["RUNS"], ["OVER"])
    assert (codes(period="2019-Q1"), codes(period="1999-Q1")) == (["OVER"], [])
    assert (codes(conflicts="any"), codes(conflicts="none")) == (["OVER", "RUNS"], ["NEXT"])
    assert (codes(conflicts="empty"), codes(conflicts="empty", programme="NONE")) == (["RUNS"], [])
    assert codes(programme="LONG", q="ne") == ["NEXT"]
    assert codes(organisation=ended.organisation.code) == ["OVER"]
    assert manager.get(COURSES, {"conflicts": "weather"}).status_code == 400
    for form in ("csv", "xlsx"):
        assert manager.get(COURSES, {"format": form}).status_code == 200
    header = manager.get(COURSES, {"format": "csv"}).getvalue().decode("utf-8-sig").splitlines()[0]
    assert header.split(",")[:4] == ["code", "programme", "programme_name", "organisation"]


def test_conflicts_over_all_by_kind_and_cohort(manager: APIClient) -> None:
    first, second = CohortFactory(code="A", capacity=1), CohortFactory(code="B")
    person = PersonFactory()
    for cohort in (first, second):
        enrol(cohort, person=person)
    enrol(first)
    found = [(row["kind"], row["cohort"], row["other"]) for row in rows(manager, CONFLICTS)]
    assert sorted(found) == [("over_capacity", "A", None), ("overlap", "A", "B")]
    assert [row["kind"] for row in rows(manager, CONFLICTS, kind="overlap")] == ["overlap"]
    assert [(row["cohort"], row["other"]) for row in rows(manager, CONFLICTS, cohort="B")] == [("B", "A")]
    assert rows(manager, CONFLICTS, programme="NONE") == []
    assert manager.get(CONFLICTS, {"kind": "weather"}).status_code == 400
    assert manager.get(CONFLICTS, {"kind": "overlap", "count": "exact", "limit": "1"}).json()["count"] == 1
    own = signed_in(PartnerFactory(organisation=first.organisation))
    assert [row["kind"] for row in rows(own, CONFLICTS)] == ["over_capacity"]
    assert [row["code"] for row in rows(own, COURSES, conflicts="any")] == ["A"]
    assert [row["conflicts"] for row in rows(own, COURSES)] == [["over_capacity"]]
    for address in ("figures", "conflicts", "attendance"):
        assert own.get(f"{API}cohorts/B/{address}/").status_code == 404
    assert own.get(f"{API}programmes/{second.programme.code}/figures/").status_code == 404
    assert signed_in(OfficerFactory()).get(f"{API}cohorts/B/conflicts/").json()["results"][0]["other"] == "A"

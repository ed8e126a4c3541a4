"""Supply as it is answered and shown: to staff the city, to an organisation its own and what may be told beside it."""

import datetime as dt
from typing import Any

import pytest

from backend.accounts.models import Organisation
from backend.clock import today
from programs.recruitment.positions import open_position
from programs.supply.selectors import FEWEST
from programs.targets.models import Standing, Target
from tests.factories import CohortFactory, ManagerFactory, OfficerFactory, PartnerFactory, RecordFactory
from tests.programs.recruitment.world import employer
from tests.support.browsing import signed_in, words
from tests.support.http import Caller, get

PLACES = 2


def needs(organisation: Organisation, **values: Any) -> Any:
    """A position of an organisation's, for two people until next month."""
    told = {
        "ref": f"P{len(values)}",
        "title": "Engineer",
        "occupation": "2-02-38-03",
        "level": "intermediate",
        "wanted": PLACES,
        "segment": "core",
        "district": "520102",
        "open_until": today() + dt.timedelta(days=30),
    }
    clerk = PartnerFactory(organisation=organisation)
    return open_position(actor=clerk, organisation=organisation, **told | values)


def trains(cohort: Any, **values: Any) -> Any:
    """Somebody in a cohort, who has not completed."""
    who = {"outcome": "in_progress", "completed_on": None, "occupation": "2-02-38-03", "segment": "core"}
    return RecordFactory(cohort=cohort, organisation=cohort.organisation, **who | values)


@pytest.fixture
def employers(scope_all: None) -> list[Organisation]:
    """Six employers of which each needs two engineers; one of them needs two programmers besides."""
    found = [employer() for _n in range(FEWEST + 1)]
    for one in found:
        needs(one)
    needs(found[0], occupation="2-02-10-03", district="520103")
    return found


def test_staff_are_told_of_the_city_by_whatever_it_is_split(employers: list[Organisation]) -> None:
    cohort = CohortFactory(ends_on=today() + dt.timedelta(days=10))
    (
        trains(cohort),
        trains(cohort, district="520103", occupation="大数据工程技术人员"),
        trains(cohort, occupation="Cook"),
    )
    manager = Caller(ManagerFactory(), **{"accept-language": "en"})
    rows = {row["key"]: row for row in get(manager, "supply/", by="occupation")["results"]}
    engineers = rows["2-02-38"]
    assert engineers["label"].startswith("2-02-38 ")
    wanted = {"needed": 12, "positions": 6, "accepted": 0, "in_training": 2, "in_time": 2, "gap": 10, "verified": 0}
    assert {name: engineers[name] for name in wanted} == wanted
    assert engineers["city_needed"] is None
    assert (rows["2-02-10"]["needed"], rows["unspecified"]["in_training"]) == (2, 1)
    crossed = get(manager, "supply/", by="occupation_code", crossed="district", occupation="2-02-38")["results"]
    assert [(row["key"], row["crossed"], row["needed"], row["in_training"]) for row in crossed] == [
        ("2-02-38-03", "520102", 12, 1),
        ("2-02-38-03", "520103", 0, 1),
    ]
    [own] = get(manager, "supply/", organisation=employers[0].code)["results"]
    assert (own["key"], own["needed"]) == ("all", 4)
    months = get(manager, "supply/months/", occupation="2-02-38")["results"]
    assert sum(row["completing"] for row in months) == 2
    assert sum(row["places"] for row in months) == 12
    opened = get(manager, "supply/positions/", occupation="2-02-10")["results"]
    assert [(row["organisation"], row["needed"]) for row in opened] == [(employers[0].code, 2)]
    [trained] = get(manager, "supply/cohorts/", occupation_code="2-02-38-03")["results"]
    assert (trained["cohort"], trained["in_training"]) == (cohort.code, 2)
    assert get(manager, "supply/people/")["results"] == []
    for bad in (
        {"by": "colour"},
        {"by": "level", "crossed": "level"},
        {"by": "occupation", "crossed": "occupation_code"},
        {"crossed": "level"},
        {"district": "999999"},
        {"occupation": "cook"},
        {"organisation": "NOBODY"},
        {"as_of": "soon"},
        {"no_such": "1"},
    ):
        assert manager.get("supply/", bad).status_code == 400, bad


def test_an_organisation_is_told_its_own_and_no_more_than_several_others_together(
    employers: list[Organisation],
) -> None:
    first, second = (Caller(PartnerFactory(organisation=one)) for one in employers[:2])
    [row] = get(first, "supply/", by="level")["results"]
    assert (row["needed"], row["city_needed"], row["city_in_training"], row["verified"]) == (4, 14, None, None)
    # The programmers are one employer's: for others they are kept back, and then the engineers' sum is too.
    rows = get(second, "supply/", by="occupation")["results"]
    assert [(one["key"], one["needed"], one["city_needed"]) for one in rows] == [("2-02-38", 2, None)]
    # For that employer itself nobody else is behind them.
    told = {one["key"]: one["city_needed"] for one in get(first, "supply/", by="occupation")["results"]}
    assert told == {"2-02-10": None, "2-02-38": 12}
    for narrower in ({"by": "level", "segment": "core"}, {"by": "level", "crossed": "segment"}):
        [row] = get(second, "supply/", **narrower)["results"]
        assert (row["needed"], row["city_needed"], row["city_gap"]) == (2, None, None)
    assert second.get("supply/", {"organisation": employers[0].code}).status_code == 400


def test_the_page_opens_into_what_a_number_is_made_of(employers: list[Organisation]) -> None:
    cohort = CohortFactory(ends_on=today() - dt.timedelta(days=10))
    trains(cohort)
    manager = signed_in(ManagerFactory(), **{"accept-language": "en"})
    page = manager.get("/supply/")
    assert page.status_code == 200
    assert "1 should have completed" in words(page)
    positions = manager.get("/supply/positions/", {"occupation": "2-02-38", "level": "intermediate"})
    assert "12 places are needed" in words(positions)
    assert len(positions.context["rows"]) == len(employers)
    cohorts = manager.get("/supply/cohorts/", {"occupation": "2-02-38"})
    assert [(row["cohort"], row["in_training"], row["late"]) for row in cohorts.context["rows"]] == [
        (cohort.code, 1, True)
    ]
    assert manager.get("/supply/people/").context["rows"] == []
    clerk = signed_in(PartnerFactory(organisation=employers[1]), **{"accept-language": "en"})
    own = clerk.get("/supply/positions/")
    assert [row["needed"] for row in own.context["rows"]] == [PLACES]
    assert clerk.get("/supply/people/").status_code == 403
    assert clerk.get("/supply/", {"by": "level", "crossed": "district"}).status_code == 200
    assert clerk.get("/supply/", {"by": "level", "format": "csv"})["Content-Disposition"].startswith("attachment")
    assert clerk.get("/supply/", {"by": "shoes"}).status_code == 400


def test_an_officer_of_some_districts_is_told_the_citys_numbers_and_the_people_of_these(
    employers: list[Organisation],
) -> None:
    cohort = CohortFactory(ends_on=today() + dt.timedelta(days=10))
    trains(cohort, district="520103")
    for district in ("520102", "520103"):
        record = trains(cohort, district=district, outcome="completed", completed_on=today(), state="verified")
        Standing.objects.create(
            target=Target.objects.get(code="all"),
            person=record.person,
            number=1,
            effective_on=today(),
            record_id=record.pk,
            organisation=cohort.organisation,
            programme=cohort.programme,
            path="trained",
            basis="none",
            district=district,
        )
    bound = Caller(OfficerFactory(districts=["520103"]), **{"accept-language": "en"})
    [row] = get(bound, "supply/")["results"]
    assert (row["needed"], row["in_training"], row["verified"]) == (14, 1, 2)
    assert len(get(bound, "supply/people/")["results"]) == 1
    assert len(get(Caller(OfficerFactory()), "supply/people/")["results"]) == 2
    assert len(get(bound, "supply/positions/")["results"]) == 7

"""A simple template from upload to the books: sent, checked, mended, confirmed, amended."""

import datetime as dt

from backend.accounts import scope
from programs.catalogue.models import Cohort
from tests.programs.intake.templates.planner import Planner, as_xlsx


def standing(planner: Planner) -> dict[str, tuple[dt.date, dt.date, int | None]]:
    with scope.everything():
        found = Cohort.objects.filter(organisation=planner.organisation, code__startswith="PLAN-")
        return {one.code: (one.starts_on, one.ends_on, one.capacity) for one in found}


def test_good_rows_are_taken_and_the_others_told(planner: Planner) -> None:
    rows = [
        planner.plan(1),
        planner.plan(2, starts_on="2019-13-01"),
        planner.plan(3, capacity="三十人"),
        planner.plan(4, ends_on="2019-02-01"),
        planner.plan(5, programme="NOBODY'S"),
        planner.plan(1),
    ]
    sent = planner.hand_in(rows)
    assert (sent["template"], sent["period"], sent["status"]) == ("cohorts/1", None, "checked")
    assert planner.found(sent["id"]) == {
        (2, "W05", "ends_on"),
        (3, "E03", "starts_on"),
        (3, "W05", "ends_on"),
        (4, "E13", "capacity"),
        (4, "W05", "ends_on"),
        (5, "T02", "ends_on"),
        (6, "T01", "programme"),
        (6, "W05", "ends_on"),
        (7, "T03", "code"),
        (7, "W05", "ends_on"),
    }
    assert sent["counts"] == {
        "rows": 6,
        "accepted": 1,
        "accepted_with_warnings": 1,
        "unchanged": 0,
        "rejected": 5,
    }
    taken = planner.confirm(sent["id"])
    assert taken["status"] == "partly_accepted"
    assert list(standing(planner).values()) == [(dt.date(2019, 3, 1), dt.date(2019, 5, 31), 30)]


def test_what_stands_is_unchanged_and_what_differs_amends(planner: Planner) -> None:
    planner.hand_in([planner.plan(1), planner.plan(2)], confirm="auto")
    sent = planner.hand_in([planner.plan(1), planner.plan(2, capacity="25"), planner.plan(3)], as_xlsx_of(planner))
    assert sent["counts"]["unchanged"] == 1
    assert sent["amendments"] == 1
    assert planner.found(sent["id"]) == {(3, "T04", "capacity"), (3, "W05", "ends_on"), (4, "W05", "ends_on")}
    planner.confirm(sent["id"])
    assert [capacity for _from, _until, capacity in standing(planner).values()] == [30, 25, 30]


def as_xlsx_of(planner: Planner) -> bytes:
    return as_xlsx([planner.plan(1), planner.plan(2, capacity="25"), planner.plan(3)])


def test_all_or_nothing_takes_nothing(planner: Planner) -> None:
    sent = planner.post([planner.plan(1), planner.plan(2, capacity=0)], confirm="auto", policy="all_or_nothing")
    assert sent["status"] == "rejected"
    assert standing(planner) == {}

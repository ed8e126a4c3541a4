"""A generated year, driven through the API, ends with every figure equal to a count of what was sent.

The whole year (forty employers, sixty cohorts, eight thousand candidates, three thousand arrivals) is among the soaks;
a small one of the same kind is lived through each time. The
whole one has five thousand calls that move, three thousand files and as many arrivals: reckon with an hour.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from backend.clock import today
from programs.targets.recount import recount
from tests.programs.recruitment import oracle
from tests.programs.supply import oracle as supply_oracle
from tests.support.http import every, get
from tests.years import counting
from tests.years.driving import Driver
from tests.years.story import SMALL, WHOLE, Candidate, Size, Year, made_up

SEED = 20190101
END_OF_YEAR = dt.date(2019, 12, 31)
SPLITS = ("none", "source", "campaign", "organisation", "month", "position")
TABLES = [
    ("none", "none"),
    ("occupation", "none"),
    ("occupation_code", "level"),
    ("district", "segment"),
    ("level", "none"),
]


@pytest.mark.timeout(600)
def test_a_small_year_ends_as_it_was_lived(scope_all: None, run_jobs: Callable[[], int]) -> None:
    _lived(SMALL, run_jobs)


@pytest.mark.soak
def test_a_whole_year_ends_as_it_was_lived(scope_all: None, run_jobs: Callable[[], int]) -> None:
    _lived(WHOLE, run_jobs)


def _lived(size: Size, run_jobs: Callable[[], int]) -> None:
    year = made_up(size, SEED, today())
    driver = Driver(year, run_jobs)
    driver.drive()
    _the_ledger(driver, year)
    for day in (END_OF_YEAR, dt.date(2019, 6, 30), today()):
        _recruitment(driver, year, day)
        _supply(driver, year, day)
    _cohorts(driver, year)
    _who_stayed(driver, year)


def _the_ledger(driver: Driver, year: Year) -> None:
    """Ledger, standings and cube are what the recount finds, and all of them what was sent."""
    assert recount().agrees
    heads = counting.heads(year)
    assert len(heads) > year.size.arrivals // 2
    for code, wanted in (("all", len(heads)), ("high-end", sum(high for _since, high, _by in heads))):
        assert get(driver.officer, f"targets/{code}/")["achieved"] == wanted, code
        assert get(driver.officer, f"targets/{code}/people/", count="exact", limit=1)["count"] == wanted, code
    by_path = {
        row["key"]: row["achieved"] for row in get(driver.officer, "targets/all/breakdown/", by="path")["results"]
    }
    arrived = sum(isinstance(by, Candidate) for _since, _high, by in heads)
    assert (by_path.get("introduced", 0), by_path.get("trained", 0)) == (arrived, len(heads) - arrived)


def _recruitment(driver: Driver, year: Year, day: dt.date) -> None:
    lives, asked = counting.lives(year), {"as_of": str(day), "limit": 500}
    names = {
        str(row["id"]): f"{row['organisation']} {row['ref']}" for row in every(driver.officer, "positions/", limit=500)
    }
    for by in SPLITS:
        rows = every(driver.officer, "recruitment/funnel/", by=by, **asked)
        found = {names.get(row["key"], row["key"]): _numbers(row, FUNNEL) for row in rows}
        assert found == _filled(oracle.funnel(lives, day, by)), by
    for by in ("none", "source", "campaign"):
        times = {
            (row["key"], row["stage"]): (
                row["ended"],
                row["open"],
                (row["quarter"], row["median"], row["three_quarters"]),
            )
            for row in every(driver.officer, "recruitment/times/", by=by, **asked)
        }
        assert times == {
            key: (sum(ended for _d, ended in one), sum(not ended for _d, ended in one), oracle.quartiles(one))
            for key, one in oracle.stays(lives, day, by).items()
        }
    for by in ("source", "campaign"):
        funnel, spent = oracle.funnel(lives, day, by), counting.costs(year, by, day)
        for row in every(driver.officer, "recruitment/sources/", by=by, **asked):
            own = funnel[row["key"]]
            assert [row[name] for name in YIELD] == [own.get(name, 0) for name in YIELD]
            assert row["spent"] == spent[row["key"]]
            assert row["cost_per_arrival"] == (round(row["spent"] / row["arrived"]) if row["arrived"] else None)
    rows = every(driver.officer, "recruitment/demand/", by="occupation", **asked)
    assert {row["key"]: {name: row[name] for name in DEMAND} for row in rows} == counting.demand(year, day)


FUNNEL = (*oracle.WAY, "verified", "declined", "withdrawn", "live")
YIELD = ("sourced", "arrived", "verified")
DEMAND = ("positions", "wanted", "arrived", "verified", "left")
SUPPLY = ("needed", "positions", "accepted", "in_training", "overdue", "verified", "high_end", "gap")


def _supply(driver: Driver, year: Year, day: dt.date) -> None:
    books = counting.books(year, day)
    for by, crossed in TABLES:
        rows = every(driver.officer, "supply/", by=by, crossed=crossed, as_of=str(day), limit=500)
        found = {(row["key"], row["crossed"]): _numbers(row, SUPPLY) for row in rows}
        assert found == supply_oracle.cells(books, day, by, crossed, seats=supply_oracle.in_order), (by, crossed)


def _cohorts(driver: Driver, year: Year) -> None:
    found = {row["code"]: row for row in every(driver.officer, "training/cohorts/", limit=500)}
    for one in year.cohorts:
        wanted = counting.cohort(year, one)
        assert {name: found[one.code][name] for name in wanted} == wanted, one.code


def _who_stayed(driver: Driver, year: Year) -> None:
    """Questions, rates, what is owed of them, and the second figure are what a reading of the story says."""
    asked = every(driver.officer, "retention/checks/", limit=500)
    standing = sorted(
        (row["organisation"], row["months"], row["falls_on"]) for row in asked if row["state"] != "withdrawn"
    )
    wanted = counting.questions(year)
    assert standing == sorted((stay.where, months, str(day)) for stay, months, day in wanted)
    assert len({row["answer"] for row in asked}) > 5, "a year in which everything is answered tells little"
    for by in ("path", "months", "organisation"):
        rows = get(driver.officer, "retention/rates/", by=by, limit=500)["results"]
        assert {row.pop("key"): row for row in rows} == counting.stayed(year, by), by
    owed = every(driver.officer, "obligations/", kind="retention", limit=500)
    assert {(row["organisation"], row["period"]): row["state"] for row in owed} == counting.proofs(year)
    for day in (END_OF_YEAR, dt.date(2020, 6, 30), dt.date(2020, 12, 31), today()):
        figure = get(driver.officer, "targets/all/", as_of=str(day))
        assert figure["still_here"] == counting.still_here(year, day), day
    assert figure["still_here"] < figure["achieved"]


def _numbers(row: dict[str, Any], names: tuple[str, ...]) -> dict[str, int]:
    return {name: row[name] for name in names if row[name]}


def _filled(found: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    return {key: {name: n for name, n in row.items() if n} for key, row in found.items()}

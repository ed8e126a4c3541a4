"""Figures by organisation where organisations were renamed, merged and nested: by hand."""

import datetime as dt
from typing import Any

import pytest

from backend.accounts.history import services as history
from backend.accounts.scope import everything
from programs.snapshots import services as snapshots
from programs.targets.models import Plan
from tests.factories import ManagerFactory
from tests.programs.targets.world import World, day
from tests.support.browsing import signed_in
from tests.support.http import Caller, every, get

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager() -> Caller:
    return Caller(ManagerFactory(), **{"accept-language": "zh-hans"})


@pytest.fixture
def books() -> World:
    """Two of UNI-A, one of UNI-B, one of HITECH; UNI-A is called otherwise from 2019-07-01, HITECH goes into it then.

    UNI-B is a part of UNI-A from 2020-01-01.
    """
    with everything():
        world = World()
        world.record(world.person(), "2019-03-01")
        world.record(world.person(), "2019-08-01")
        world.record(world.person(), "2019-03-01", by=world.b)
        world.record(world.person(), "2019-03-01", by=world.c)
        history.rename(
            actor=None, organisation=world.a, from_on=day("2019-07-01"), name_zh="新大学", name_en="", reason="更名"
        )
        history.merge(actor=None, organisation=world.c, into=world.a, on=day("2019-07-01"), reason="合并")
        history.nest(actor=None, organisation=world.b, parent=world.a, from_on=day("2020-01-01"), reason="并入")
        world.settle()
    return world


def parts(manager: Caller, **params: Any) -> dict[str, tuple[str, int]]:
    rows = every(manager, "targets/all/breakdown/", by="organisation", **params)
    return {row["key"]: (row["label"], row["achieved"]) for row in rows}


def test_a_figure_goes_by_the_names_of_its_day(manager: Caller, books: World) -> None:
    assert parts(manager, as_of="2019-06-30") == {
        "UNI-A": ("大学 UNI-A", 1),
        "UNI-B": ("大学 UNI-B", 1),
        "HITECH": ("大学 HITECH", 1),
    }
    assert parts(manager, as_of="2019-07-01")["UNI-A"] == ("新大学", 1)
    assert parts(manager)["UNI-A"] == ("新大学", 2)
    narrowed = parts(manager, as_of="2019-06-30", path="trained")
    assert narrowed["UNI-A"] == ("大学 UNI-A", 1), "of heads that are chosen too"


def test_what_was_merged_keeps_its_heads_until_it_is_rolled_up(manager: Caller, books: World) -> None:
    assert parts(manager)["HITECH"] == ("大学 HITECH", 1)
    rolled = every(manager, "targets/all/breakdown/", by="organisation", roll_up="successor")
    assert rolled == [
        {"key": "UNI-A", "label": "新大学", "achieved": 3, "members": ["HITECH", "UNI-A"]},
        {"key": "UNI-B", "label": "大学 UNI-B", "achieved": 1, "members": ["UNI-B"]},
    ]
    before = every(manager, "targets/all/breakdown/", by="organisation", roll_up="successor", as_of="2019-06-30")
    assert {row["key"]: row["achieved"] for row in before} == {"UNI-A": 1, "UNI-B": 1, "HITECH": 1}


def test_what_is_part_of_another_is_rolled_up_under_the_top(manager: Caller, books: World) -> None:
    def rolled(as_of: str) -> dict[str, int]:
        rows = every(manager, "targets/all/breakdown/", by="organisation", roll_up="parent", as_of=as_of)
        return {row["key"]: row["achieved"] for row in rows}

    assert rolled("2020-01-01") == {"UNI-A": 3, "HITECH": 1}
    assert rolled("2019-12-31") == {"UNI-A": 2, "UNI-B": 1, "HITECH": 1}


@pytest.mark.parametrize("roll_up", ["parent", "successor"])
def test_each_rolled_up_part_opens_into_its_people(manager: Caller, books: World, roll_up: str) -> None:
    rows = every(manager, "targets/all/breakdown/", by="organisation", roll_up=roll_up)
    assert sum(row["achieved"] for row in rows) == get(manager, "targets/all/")["achieved"] == 4
    for row in rows:
        among = ",".join(row["members"])
        people = get(manager, "targets/all/people/", organisation=among, count="exact")
        assert people["count"] == len(people["results"]) == row["achieved"]
        assert {one["organisation"] for one in people["results"]} <= set(row["members"])


def test_nothing_else_is_rolled_up(manager: Caller, books: World) -> None:
    for params in ({"by": "district", "roll_up": "parent"}, {"by": "organisation", "roll_up": "city"}):
        answer = manager.get("targets/all/breakdown/", params)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["field"] == "roll_up"


def test_downloads_and_pages_say_the_same(manager: Caller, books: World) -> None:
    asked = {"by": "organisation", "roll_up": "successor", "format": "csv"}
    lines = manager.get("targets/all/breakdown/", asked).getvalue().decode("utf-8-sig").splitlines()
    assert lines[0] == "key,label,achieved,members"
    client = signed_in(ManagerFactory())
    page = client.get("/targets/all/", {"as_of": "2019-06-30"}).content.decode()
    assert "University UNI-A" in page
    assert "新大学" not in page
    rolled = client.get("/targets/all/", {"by": "organisation", "roll_up": "successor"}).content.decode()
    assert "organisation=HITECH%2CUNI-A" in rolled
    people = client.get("/targets/all/people/", {"organisation": "HITECH,UNI-A"}).content.decode()
    assert "新大学" in people
    then = client.get("/targets/all/people/", {"as_of": "2019-06-30"}).content.decode()
    assert "University UNI-A" in then


def test_a_published_figure_keeps_its_names(books: World) -> None:
    """What is frozen is the label of the day: a rename entered later, from an earlier day, does not reach it."""
    with everything():
        plan = Plan.objects.get(code="digital-valley-2020")
        published = snapshots.publish(actor=ManagerFactory(), plan=plan, title="年中", as_of=dt.date(2019, 6, 30))
        history.rename(
            actor=None, organisation=books.a, from_on=day("2019-01-01"), name_zh="早改名", name_en="", reason="补登"
        )
        published.refresh_from_db()
        assert "大学 UNI-A" in str(published.content)
        assert "早改名" not in str(published.content)

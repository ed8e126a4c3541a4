"""Sub-targets: what a plan file may say of them, their figures, and several plans at once."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

from programs.targets.models import Target
from programs.targets.planfile import BadPlan, parse
from programs.targets.recount import recount
from tests.factories import ManagerFactory
from tests.programs.targets.planfiles import SECOND, amended, load, parted
from tests.programs.targets.world import BACHELOR, MASTER, World
from tests.support.http import Caller


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def manager(scope_all: None) -> Caller:
    return Caller(ManagerFactory(), **{"accept-language": "en"})


def get(caller: Caller, address: str, **params: Any) -> Any:
    response = caller.get(address, params)
    assert response.status_code == 200, response.content
    return response.json()


def rows(caller: Caller, **params: Any) -> dict[tuple[str, str, str], dict[str, Any]]:
    found = get(caller, "targets/all/subtargets/", **params)["results"]
    return {(one["by"], one["key"], one["starts_on"][:4]): one for one in found}


PARTS = (
    "organisation UNI-A 4",
    "organisation UNI-B 2",
    "district 520102 3",
    "segment core 5",
    "year 2018 20",
    "year 2019 10",
    "organisation UNI-A 3 year=2019",
)


@pytest.fixture
def counted(world: World) -> World:
    """Three of A (two in 2018, one in 2019), one of B, one of the company."""
    load(parted(*PARTS))
    for completed_on, district in (("2018-03-30", ""), ("2018-05-31", ""), ("2019-03-29", "520102")):
        world.record(world.person(), completed_on, segment="core", district=district)
    world.record(world.person(), "2019-03-15", by=world.b, district="520102")
    world.record(world.person(), "2019-04-01", by=world.c)
    world.settle()
    return world


def test_a_part_is_the_cubes_side_of_it(counted: World, manager: Caller) -> None:
    found = rows(manager, as_of="2020-01-15")
    assert {key: (one["goal"], one["achieved"]) for key, one in found.items()} == {
        ("organisation", "UNI-A", "2017"): (4, 3),
        ("organisation", "UNI-B", "2017"): (2, 1),
        ("district", "520102", "2017"): (3, 2),
        ("segment", "core", "2017"): (5, 3),
        ("year", "2018", "2018"): (20, 2),
        ("year", "2019", "2019"): (10, 3),
        ("organisation", "UNI-A", "2019"): (3, 1),
    }
    whole = found["organisation", "UNI-A", "2017"]
    assert (whole["remaining"], whole["completion_rate"]) == (1, 0.75)
    assert whole["elapsed_rate"] == get(manager, "targets/all/", as_of="2020-01-15")["elapsed_rate"]
    assert whole["ahead"] == round((0.75 - whole["elapsed_rate"]) * 100, 1)
    assert whole["label"] == counted.a.name_en
    # Its pace is that of its own days: of 2019 alone one of A, in twelve finished months.
    year = found["organisation", "UNI-A", "2019"]
    assert (year["elapsed_rate"], year["pace"]) == (1.0, round(30 / 365, 2))
    for by, key in (("organisation", "UNI-A"), ("district", "520102"), ("segment", "core")):
        part = {one["key"]: one["achieved"] for one in get(manager, "targets/all/breakdown/", by=by)["results"]}
        assert found[by, key, "2017"]["achieved"] == part[key]


def test_those_furthest_behind_stand_first_and_what_they_come_to(counted: World, manager: Caller) -> None:
    answer = get(manager, "targets/all/subtargets/", as_of="2020-01-15")
    ahead = [one["ahead"] for one in answer["results"]]
    assert ahead == sorted(ahead)
    assert (answer["results"][0]["by"], answer["results"][0]["key"]) == ("year", "2018")
    sums = {(one["by"], one["of"]): one for one in answer["sums"]}
    assert set(sums) == {
        ("organisation", ""),
        ("organisation", "2019"),
        ("district", ""),
        ("segment", ""),
        ("year", ""),
    }
    told = sums["organisation", ""]
    assert (told["goal"], told["allotted"], told["not_allotted"], told["exceeds"]) == (100_000, 6, 99_994, 0)
    assert (sums["organisation", "2019"]["goal"], sums["organisation", "2019"]["not_allotted"]) == (10, 7)
    assert sums["year", ""]["allotted"] == 30
    only = get(manager, "targets/all/subtargets/", by="segment")
    assert ([one["by"] for one in only["results"]], [one["by"] for one in only["sums"]]) == (["segment"], ["segment"])
    assert manager.get("targets/all/subtargets/", {"by": "path"}).status_code == 400
    assert get(manager, "targets/high-end/subtargets/")["results"] == []
    download = manager.get("targets/all/subtargets/", {"format": "csv"})
    table = list(csv.DictReader(io.StringIO(b"".join(download).decode("utf-8-sig"))))
    assert [one["key"] for one in table][:1] == [get(manager, "targets/all/subtargets/")["results"][0]["key"]]
    assert len(table) == len(PARTS)


def test_a_part_is_read_on_both_clocks(counted: World, manager: Caller) -> None:
    known_at = get(manager, "targets/all/")["known_at"]
    assert rows(manager, as_of="2018-04-01")["organisation", "UNI-A", "2017"]["achieved"] == 1
    counted.record(counted.person(), "2018-06-30", segment="core")
    counted.settle()
    load(amended(parted(*PARTS), "2019-07-01", "goal = 120_000", "organisation UNI-A 8", "organisation UNI-B 0"))
    key = ("organisation", "UNI-A", "2017")
    assert (rows(manager)[key]["goal"], rows(manager)[key]["achieved"]) == (8, 4)
    assert ("organisation", "UNI-B", "2017") not in rows(manager)
    assert rows(manager, as_of="2019-06-30")[key]["goal"] == 4
    before = rows(manager, as_of="2020-01-15", known_at=known_at)
    assert (before[key]["goal"], before[key]["achieved"], len(before)) == (4, 3, len(PARTS))


def test_goals_raised_from_level_to_level_are_meant_or_refused(world: World, manager: Caller) -> None:
    text = parted("organisation UNI-A 60_000", "organisation UNI-B 50_000")
    with pytest.raises(BadPlan, match=r"targets\[2\]\.parts\[2\]\.goal brings the parts by organisation to 110,000"):
        parse(text.encode())
    load(text.replace("goal = 100_000", "goal = 100_000\nmay_exceed = true", 1))
    [total] = get(manager, "targets/all/subtargets/")["sums"]
    assert (total["exceeds"], total["not_allotted"]) == (10_000, 0)


@pytest.mark.parametrize(
    ("parts", "said", "line"),
    [
        (["tier x 1"], r"parts\[1\]\.by must be one of organisation, district, segment, year", 'by = "tier"'),
        (["year 2019 0"], r"parts\[1\]\.goal must be at least 1", "goal = 0"),
        (["year 2021 1"], r"parts\[1\] has days outside the target's, 2017-11-28 to 2020-12-31", "[[targets.parts]]"),
        (["year soon 1"], r'parts\[1\]\.key must be a year such as "2019"', 'key = "soon"'),
        (["year 2019 1 year=2019"], r"parts\[1\]\.year does not go with a part of a year", "year=2019"),
        (["district 520102 1 starts_on=2016-01-01"], r"has days outside the target's", "[[targets.parts]]"),
        (["district 520102 1", "district 520102 2"], r"parts\[2\]\.key names district 520102 more than once", None),
        (
            ["district 520102 1 year=2019", "district 520102 2 starts_on=2019-01-01 ends_on=2019-12-31"],
            r"is the same part as targets\[2\]\.parts\[1\]",
            None,
        ),
        (["year 2018 60_000", "year 2019 50_000"], r"parts\[2\]\.goal brings the parts by year to 110,000", "50_000"),
        (["year 2019 3", "segment core 4 year=2019"], r"by segment to 4, more than the 3 that they part", "goal = 4"),
    ],
)
def test_what_is_wrong_with_a_part_is_said_with_line_and_field(parts: list[str], said: str, line: str | None) -> None:
    text = parted(*parts)
    with pytest.raises(BadPlan, match=said) as refused:
        parse(text.encode())
    [error] = refused.value.errors
    assert error.field.startswith("targets[2].parts[")
    if line is not None:
        assert text.splitlines()[error.line - 1].strip().startswith(line) or line in text.splitlines()[error.line - 1]


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("organisation NOBODY 1", "which is no organisation that reports here"),
        ("district 999999 1", "which is no district of the code table"),
        ("segment other 1", "which is no segment of the code table"),
    ],
)
def test_a_part_of_what_is_not_there(world: World, part: str, said: str) -> None:
    text = parted(part)
    for refused in (text, amended(parted("year 2019 1"), "2019-07-01", "goal = 90_000", part)):
        with pytest.raises(BadPlan, match=said) as bad:
            load(refused)
        [error] = bad.value.errors
        assert refused.splitlines()[error.line - 1].startswith("key = ")
    assert not Target.objects.get(code="all").versions.filter(edition=2).exists()


def test_two_plans_count_side_by_side(world: World, manager: Caller) -> None:
    load(parted("organisation UNI-A 6", after='counts = ["masters"]', text=SECOND))
    inside, outside, other = world.person(), world.person(), world.person()
    world.record(inside, "2019-03-29", (MASTER, "2016-06-30"))
    world.record(outside, "2018-03-29", (MASTER, "2016-06-30"), by=world.b)
    world.record(other, "2019-03-29", (BACHELOR, "2016-06-30"))
    world.settle()
    assert [one["code"] for one in get(manager, "targets/")["results"]] == ["high-end", "all", "masters"]
    achieved = {code: get(manager, f"targets/{code}/", as_of="2019-12-31") for code in ("all", "high-end", "masters")}
    assert {code: one["achieved"] for code, one in achieved.items()} == {"all": 3, "high-end": 2, "masters": 1}
    assert (achieved["masters"]["elapsed_rate"], achieved["masters"]["goal"]) == (1.0, 10)
    [part] = get(manager, "targets/masters/subtargets/", as_of="2019-12-31")["results"]
    assert (part["goal"], part["achieved"], part["ahead"]) == (6, 1, round((1 / 6 - 1) * 100, 1))
    assert recount().agrees
    # A change of the one leaves the other's books alone.
    assert load(SECOND.replace("ends_on = 2019-12-31", "ends_on = 2019-01-31")).marked == 3
    world.settle()
    assert get(manager, "targets/masters/")["achieved"] == 0
    assert get(manager, "targets/high-end/")["achieved"] == 2
    assert recount().agrees

"""Districts as tiles, and the league of partners: each figure is what its list says."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.programs.desks.manager.conftest import known
from tests.programs.desks.officer.world import saved, text
from tests.programs.targets.world import World

pytestmark = pytest.mark.django_db
Browse = Callable[..., Client]


def behind(client: Client, address: str) -> int:
    """How many people a list is of."""
    rows = csv.DictReader(io.StringIO(saved(client.get(f"{address}&format=csv")).decode("utf-8-sig")))
    return len(list(rows))


@pytest.mark.parametrize(("code", "total"), [("all", 5), ("high-end", 2)])
def test_the_tiles_come_to_the_figure_and_each_opens_into_its_people(
    settled: World, browse: Browse, code: str, total: int
) -> None:
    manager = browse()
    context = manager.get(f"/?tiles={code}").context
    tiles = context["tiles"]
    assert context["tiled"].code == code
    assert sum(one["heads"] for one in tiles) == total
    assert sum(one["share"] for one in tiles) == pytest.approx(1)
    assert tiles[-1]["label"] != "Not given" or tiles[-1]["heads"]
    for one in tiles:
        if one["heads"]:
            assert behind(manager, one["people"]) == one["heads"], one["label"]
    assert max(tiles, key=lambda one: one["heads"])["shade"] == 5
    assert {one["shade"] for one in tiles if not one["heads"]} == {0}


def test_a_tile_changes_by_what_the_page_of_changes_says(settled: World, browse: Browse) -> None:
    manager = browse()
    given = {"plan": "digital-valley-2020", "as_of": "2019-06-30", "known_at": "2999-01-01", "title": "半年"}
    answer = manager.post("/snapshots/new/", given)
    assert answer.status_code == 303, text(answer)
    known(settled, "2019-03-15", by=settled.b, district="520103")
    settled.settle()
    context = manager.get("/").context
    assert context["tiles_since"].snapshot is not None
    changed = {one["key"]: one for one in context["tiles"] if one["change"]}
    assert {key: one["change"] for key, one in changed.items()} == {"520103": 1}
    movement = manager.get(changed["520103"]["changes"]).context["movement"]
    assert (movement.opening, movement.delta, movement.closing) == (1, 1, 2)
    assert "changes since snapshot" in text(manager.get("/"))


def test_the_league_counts_as_the_target_does_and_sorts_by_any_column(settled: World, browse: Browse) -> None:
    manager = browse()
    page = manager.get("/league/")
    rows: list[dict[str, Any]] = page.context["rows"]
    heads = [row["heads"] for row in rows]
    assert sum(heads) == 5
    assert heads == sorted(heads, reverse=True)
    for row in rows:
        if row["heads"]:
            assert behind(manager, row["people"]) == row["heads"]
    for sort in ("heads", "organisation", "-on_time", "duplicates", "-first_pass"):
        assert len(manager.get(f"/league/?sort={sort}").context["rows"]) == len(rows)
    assert [row["heads"] for row in manager.get("/league/?sort=heads").context["rows"]] == sorted(heads)
    assert sum(row["heads"] for row in manager.get("/league/?target=high-end").context["rows"]) == 2
    for bad in ("sort=x", "target=x", "last=3", "kind=x", "x=1"):
        assert manager.get(f"/league/?{bad}").status_code == 400, bad
    told = saved(manager.get("/league/?columns=name,heads&format=csv")).decode("utf-8-sig")
    assert told.splitlines()[0] == "Name,People who count"


def test_the_curve_goes_on_to_the_end_with_what_is_ahead(settled: World, browse: Browse) -> None:
    for one in browse().get("/?as_of=2019-06-30").context["targets"]:
        chart = one["chart"]
        assert chart["periods"] == [row["period"] for row in one["rows"]]
        assert chart["plan"]["values"] == [row["plan"] for row in one["rows"]]
        if "band" in chart:
            assert chart["periods"][-1] == "2020-Q4"
            pairs = zip(chart["band"]["low"], chart["band"]["high"], strict=True)
            assert all(low <= high for low, high in pairs if low is not None)

"""Positions are an organisation's own, and their demand of a past day stays what it was."""

import datetime as dt

from programs.recruitment import demand
from programs.recruitment.models import PositionEdition
from tests.conftest import Clock
from tests.programs.recruitment.world import World, done, errors
from tests.support.http import code_of, every, get


def test_an_employer_registers_changes_closes_and_opens_again(world: World) -> None:
    position = world.position()
    address = f"positions/{position['id']}/"
    assert (position["state"], position["arrived"], position["organisation"]) == ("open", 0, world.own.code)
    assert done(world.clerk.patch(address, {"wanted": 5}, format="json"))["wanted"] == 5
    assert errors(world.clerk.post(f"{address}close/", {}, format="json")) == {("reason", "required")}
    closed = done(world.clerk.post(f"{address}close/", {"reason": "编制收回"}, format="json"))
    assert (closed["state"], closed["closing_reason"]) == ("closed", "编制收回")
    assert (
        done(world.clerk.post(f"{address}close/", {"reason": "again"}, format="json"))["closing_reason"] == "编制收回"
    )
    assert done(world.clerk.post(f"{address}reopen/", {}, format="json"))["state"] == "open"
    assert world.clerk.post(f"{address}reopen/", {}, format="json").status_code == 409


def test_its_last_day_closes_it_and_opening_again_needs_another(world: World, clock: Clock) -> None:
    position = world.position(open_until=world.day.isoformat())
    clock.shift(days=2)
    assert get(world.clerk, f"positions/{position['id']}/")["state"] == "closed"
    refused = world.clerk.post(f"positions/{position['id']}/reopen/", {}, format="json")
    assert errors(refused) == {("open_until", "past")}
    until = (world.day + dt.timedelta(days=30)).isoformat()
    answer = world.clerk.post(f"positions/{position['id']}/reopen/", {"open_until": until}, format="json")
    assert done(answer)["state"] == "open"


def test_codes_are_those_of_the_tables(world: World) -> None:
    body = {"occupation": "9-99", "level": "guru", "segment": "outer", "district": "110101", "wanted": 0}
    position = world.position()
    answer = world.clerk.patch(f"positions/{position['id']}/", body, format="json")
    assert errors(answer) == {("wanted", "min_value")}
    answer = world.clerk.patch(f"positions/{position['id']}/", body | {"wanted": 1}, format="json")
    assert errors(answer) == {(name, "E02") for name in ("occupation", "level", "segment", "district")}


def test_a_reference_is_an_organisations_own(world: World) -> None:
    world.position()
    again = world.clerk.post("positions/", _body(world), format="json")
    assert (again.status_code, code_of(again)) == (409, "already_exists")
    world.position(by=world.stranger)


def test_others_positions_are_not_there(world: World) -> None:
    position = world.position()
    assert world.stranger.get(f"positions/{position['id']}/").status_code == 404
    assert world.stranger.patch(f"positions/{position['id']}/", {"wanted": 9}, format="json").status_code == 404
    assert every(world.stranger, "positions/") == []
    assert errors(world.stranger.post("positions/", _body(world, organisation=world.own.code), format="json"))


def test_officers_act_on_behalf(world: World) -> None:
    assert errors(world.officer.post("positions/", _body(world), format="json")) == {("organisation", "required")}
    position = world.position(by=world.officer, organisation=world.own.code)
    assert position["on_behalf"] is True
    assert [one["id"] for one in every(world.clerk, "positions/", state="open", q="data")] == [position["id"]]
    body = _body(world, organisation=world.bureau.code, ref="B1")
    assert errors(world.officer.post("positions/", body, format="json")) == {("organisation", "bureau")}


def test_the_demand_of_a_past_day_stays(world: World, clock: Clock) -> None:
    position = world.position(wanted=3)
    clock.shift(days=10)
    done(world.clerk.patch(f"positions/{position['id']}/", {"wanted": 8, "district": "520103"}, format="json"))
    clock.shift(days=20)
    done(world.clerk.post(f"positions/{position['id']}/close/", {"reason": "招满"}, format="json"))
    assert PositionEdition.objects.count() == 3

    def at(days: int, by: str = "district") -> list[tuple[str, int, int]]:
        rows = demand.demand(demand.as_of(world.user, world.day + dt.timedelta(days=days)), by)
        return [(one.key, one.wanted, one.left) for one in rows]

    assert at(-101) == []
    assert at(5) == [("520102", 3, 3)]
    assert at(15) == [("520103", 8, 8)]
    assert at(25) == [("520103", 8, 0)]
    figure = get(world.clerk, "recruitment/demand/", by="district", as_of=world.ago(-15))["results"]
    assert [(one["key"], one["label"], one["wanted"]) for one in figure] == [("520103", "Yunyan District", 8)]


def _body(world: World, **values: object) -> dict[str, object]:
    return {
        "ref": "P1",
        "title": "Data engineer",
        "occupation": "2-02-38-03",
        "level": "senior",
        "wanted": 1,
        "open_until": world.day.isoformat(),
    } | values

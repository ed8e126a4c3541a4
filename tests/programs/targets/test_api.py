"""Plans, targets and their figures as they are answered."""

import csv
import datetime as dt
import io

import pytest

from backend.clock import now
from programs.records.models import Record
from tests.factories import AdminFactory, ManagerFactory, OfficerFactory, PartnerFactory
from tests.programs.targets.world import MASTER, SENIOR, World, day
from tests.support.http import Caller, code_of, every, get

EVERY_ADDRESS = [
    "plans/",
    "plans/digital-valley-2020/",
    "targets/",
    "targets/all/",
    "targets/all/series/",
    "targets/all/breakdown/?by=path",
    "targets/all/people/",
    "targets/all/changes/",
]
DIMENSIONS = ("organisation", "district", "path", "basis", "segment", "programme")


@pytest.fixture
def manager(scope_all: None) -> Caller:
    return Caller(ManagerFactory(), **{"accept-language": "en"})


@pytest.fixture
def settled(world: World) -> World:
    """Five people: three trained at A, one at B, one introduced by the company; two of them high-end."""
    for completed_on, holding in (
        ("2018-03-30", [(MASTER, "2016-06-30")]),
        ("2018-05-31", []),
        ("2019-03-29", [(SENIOR, "2019-07-01")]),
    ):
        world.record(world.person(), completed_on, *holding, district="520102", segment="core")
    world.record(world.person(), "2019-03-15", by=world.b)
    world.record(world.person(), "2019-04-01", by=world.c, district="520103", segment="related")
    world.settle()
    return world


# --- who may ask


@pytest.mark.parametrize("address", EVERY_ADDRESS)
def test_the_bureau_reads_and_partners_do_not(scope_all: None, address: str) -> None:
    for factory in (OfficerFactory, ManagerFactory, AdminFactory):
        assert Caller(factory()).get(address).status_code == 200
    refused = Caller(PartnerFactory()).get(address)
    assert (refused.status_code, code_of(refused)) == (403, "permission_denied")
    assert Caller().get(address).status_code == 401
    assert Caller(ManagerFactory()).post(address, {}).status_code in {403, 405}


# --- plans and targets


def test_the_shipped_plan(manager: Caller) -> None:
    [plan] = every(manager, "plans/")
    assert (plan["code"], plan["starts_on"], plan["ends_on"]) == ("digital-valley-2020", "2017-11-28", "2020-12-31")
    assert plan["evidence"] == "claimed"
    assert plan["targets"] == ["high-end", "all"]
    qualifying = {
        (entry["kind"], code) for tier in plan["tiers"] for entry in tier["qualifying"] for code in entry["codes"]
    }
    assert qualifying == {
        ("education", "11"),
        ("education", "14"),
        ("education", "17"),
        ("title", "082"),
        ("title", "L-081"),
    }
    targets = {target["code"]: target for target in every(manager, "targets/")}
    assert targets["high-end"]["goal"] == 5_000
    assert targets["all"]["goal"] == 100_000
    assert targets["all"]["plan"] == "digital-valley-2020"
    assert targets["high-end"]["counts"] == ["high-end"]


def test_no_such_target(manager: Caller) -> None:
    for tail in ("", "series/", "breakdown/?by=path", "people/", "changes/"):
        assert manager.get(f"targets/none/{tail}").status_code == 404


# --- the figure


def test_the_figure_of_now(manager: Caller, settled: World) -> None:
    answer = get(manager, "targets/all/")
    assert answer["achieved"] == 5
    assert answer["remaining"] == 99_995
    assert answer["completion_rate"] == 5 / 100_000
    assert answer["elapsed_rate"] == 1.0
    assert answer["pace"] == 0.0
    assert answer["required_pace"] is None
    assert answer["landing"] == {"low": 5, "median": 5, "high": 5, "probability": 0.0, "reason": None}
    assert get(manager, "targets/high-end/")["achieved"] == 2


@pytest.mark.parametrize(
    ("as_of", "all_", "high_end"),
    [
        ("2017-11-27", 0, 0),
        ("2018-03-29", 0, 0),
        ("2018-03-30", 1, 1),
        ("2018-12-31", 2, 1),
        ("2019-06-30", 5, 1),
        ("2019-07-01", 5, 2),
        ("2999-12-31", 5, 2),
    ],
)
def test_what_had_happened_by_a_day(manager: Caller, settled: World, as_of: str, all_: int, high_end: int) -> None:
    for target, achieved in (("all", all_), ("high-end", high_end)):
        answer = get(manager, f"targets/{target}/", as_of=as_of)
        assert (answer["achieved"], answer["as_of"]) == (achieved, as_of)
        assert len(every(manager, f"targets/{target}/people/", as_of=as_of)) == achieved


def test_as_the_books_stood_then(manager: Caller, settled: World) -> None:
    before = get(manager, "targets/all/")
    assert before["achieved"] == 5
    settled.record(settled.person(), "2018-01-31")
    settled.settle()
    after = get(manager, "targets/all/")
    assert after["achieved"] == 6
    assert after["known_at"] > before["known_at"]
    again = get(manager, "targets/all/", known_at=before["known_at"])
    assert again["achieved"] == 5
    assert again["known_at"] == before["known_at"]
    assert get(manager, "targets/all/", known_at="2019-01-01T00:00:00+08:00")["achieved"] == 0


def test_a_moment_to_come_is_now(manager: Caller, settled: World) -> None:
    answer = get(manager, "targets/all/", known_at="2999-01-01T00:00:00Z")
    assert answer["achieved"] == 5
    assert dt.datetime.fromisoformat(answer["known_at"]) <= now()


def test_a_blank_parameter_is_as_not_given(manager: Caller, settled: World) -> None:
    assert get(manager, "targets/all/", as_of="", known_at="")["achieved"] == 5


@pytest.mark.parametrize(
    "text", ["2019-07-01T08:00:00", "2019-07-01T00:00:00Z", "2019-07-01T08:00:00+08:00", "2019-07-01"]
)
def test_moments_in_every_spelling(manager: Caller, settled: World, text: str) -> None:
    answer = get(manager, "targets/all/", known_at=text)
    assert (answer["achieved"], answer["as_of"]) == (0, "2019-07-01")
    wanted = "2019-07-01T23:59:59.999999+08:00" if text == "2019-07-01" else "2019-07-01T08:00:00+08:00"
    assert answer["known_at"] == wanted


def test_a_plus_sign_that_was_not_escaped(manager: Caller, settled: World) -> None:
    answer = manager.get("targets/all/?known_at=2019-07-01T08:00:00+08:00").json()
    assert answer["known_at"] == "2019-07-01T08:00:00+08:00"


def test_an_empty_ledger(manager: Caller) -> None:
    for as_of in ("2017-01-01", "2018-06-30", "2020-12-31"):
        answer = get(manager, "targets/all/", as_of=as_of)
        assert (answer["achieved"], answer["remaining"], answer["completion_rate"]) == (0, 100_000, 0.0)
        assert every(manager, "targets/all/people/", as_of=as_of) == []
        assert every(manager, "targets/all/breakdown/", as_of=as_of, by="organisation") == []


# --- taken apart


def test_every_breakdown_sums_to_the_figure(manager: Caller, settled: World) -> None:
    for target in ("all", "high-end"):
        achieved = get(manager, f"targets/{target}/")["achieved"]
        for by in DIMENSIONS:
            parts = every(manager, f"targets/{target}/breakdown/", by=by)
            assert sum(part["achieved"] for part in parts) == achieved
            for part in parts:
                people = get(manager, f"targets/{target}/people/", **{by: part["key"]}, count="exact")
                assert people["count"] == len(people["results"]) == part["achieved"]


def test_labels_are_in_the_readers_language(manager: Caller, settled: World) -> None:
    def parts(language: str, by: str) -> list[tuple[str, str, int]]:
        answer = manager.get("targets/all/breakdown/", {"by": by}, headers={"accept-language": language}).json()
        return [(part["key"], part["label"], part["achieved"]) for part in answer["results"]]

    assert parts("zh-CN", "organisation") == [
        ("UNI-A", "大学 UNI-A", 3),
        ("HITECH", "大学 HITECH", 1),
        ("UNI-B", "大学 UNI-B", 1),
    ]
    assert parts("en", "organisation")[0] == ("UNI-A", "University UNI-A", 3)
    assert parts("zh-CN", "district")[0] == ("520102", "南明区", 3)
    assert ("unspecified", "Not given", 1) in parts("en", "district")
    assert parts("zh-CN", "segment")[0] == ("core", "核心业态", 3)
    assert parts("en", "basis") == [("none", "No credential needed", 5)]
    assert {key for key, _, _ in parts("en", "path")} == {"trained", "introduced"}
    assert {key for key, _, _ in parts("en", "programme")} == {"TRAIN", "INTRO"}


def test_basis_says_what_made_the_person_count(manager: Caller, settled: World) -> None:
    parts = every(manager, "targets/high-end/breakdown/", by="basis")
    assert {part["key"]: part["achieved"] for part in parts} == {"education": 1, "title": 1}


# --- the people


def test_people_are_masked_for_managers(manager: Caller, settled: World) -> None:
    [row, *_] = every(manager, "targets/all/people/")
    assert row["name"].startswith("人*")
    officer = Caller(OfficerFactory())
    assert every(officer, "targets/all/people/")[0]["name"] == "人1"


def test_pages_of_people_keep_to_their_moment(manager: Caller, settled: World) -> None:
    page = get(manager, "targets/all/people/", limit=2, count="exact")
    assert page["count"] == 5
    seen = [row["person"] for row in page["results"]]
    settled.record(settled.person(), "2018-01-31")
    settled.settle()
    moments = {page["known_at"]}
    while page["next"]:
        page = get(manager, page["next"])
        seen += [row["person"] for row in page["results"]]
        moments.add(page["known_at"])
    assert len(seen) == len(set(seen)) == 5
    assert len(moments) == 1


def test_every_other_contributor_is_shown(manager: Caller, settled: World) -> None:
    person, other = settled.person(), settled.person()
    settled.record(person, "2018-02-01", by=settled.b)
    settled.record(person, "2019-02-01", by=settled.c, state=Record.State.SUBMITTED)
    settled.record(other, "2018-03-01", by=settled.a)
    settled.merge(other, person)
    settled.settle()
    [row] = [row for row in every(manager, "targets/all/people/") if row["person"] == person.pk]
    assert row["organisation"] == "UNI-B"
    assert row["contributors"] == ["UNI-A", "UNI-B"]


def test_people_download(manager: Caller, settled: World) -> None:
    response = manager.get("targets/all/people/", {"format": "csv"})
    text = response.getvalue().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 5
    assert rows[0]["organisation"] == "UNI-A"


# --- the course


def test_series_by_every_period_ends_in_the_figure(manager: Caller, settled: World) -> None:
    for by, count in (("month", 38), ("quarter", 13), ("year", 4)):
        points = every(manager, "targets/all/series/", by=by)
        assert len(points) == count
        assert points[-1]["cumulative"] == sum(point["increment"] for point in points) == 5
        assert points[-1]["plan"] == 100_000
        assert all(point["finished"] for point in points)


def test_series_compares_finished_whole_periods(manager: Caller, settled: World) -> None:
    points = {point["period"]: point for point in every(manager, "targets/all/series/", by="quarter")}
    assert points["2018-Q1"]["increment"] == 1
    assert points["2019-Q1"]["increment"] == 2
    assert points["2019-Q1"]["year_on_year"] == 1.0
    assert points["2019-Q1"]["period_on_period"] is None
    assert points["2019-Q2"]["period_on_period"] == -0.5
    assert points["2018-Q1"]["period_on_period"] is None
    cut = every(manager, "targets/all/series/", by="quarter", as_of="2019-03-20")
    assert cut[-1] == {
        "period": "2019-Q1",
        "starts_on": "2019-01-01",
        "ends_on": "2019-03-31",
        "finished": False,
        "increment": 1,
        "cumulative": 3,
        "plan": pytest.approx(100_000 * 489 / 1130, abs=0.01),
        "plan_increment": pytest.approx(100_000 * 90 / 1130, abs=0.01),
        "year_on_year": None,
        "period_on_period": None,
        "still_here": 3,
    }


# --- why it moved


def test_changes_between_two_moments(manager: Caller, settled: World) -> None:
    start = get(manager, "targets/all/")["known_at"]
    person = settled.person()
    record = settled.record(person, "2018-01-31")
    settled.settle()
    middle = get(manager, "targets/all/")["known_at"]
    settled.change(record, state=Record.State.REVOKED, reason="revoked")
    settled.change(Record.objects.filter(completed_on=day("2018-05-31")).get(), district="", reason="reclassified")
    settled.settle()
    end = get(manager, "targets/all/")["known_at"]

    whole = get(manager, "targets/all/changes/", **{"from": start, "to": end})
    assert (whole["opening"], whole["closing"]) == (5, 5)
    assert [
        {name: entry[name] for name in ("reason", "delta", "counted", "taken_back")} for entry in whole["entries"]
    ] == [
        {"reason": "reclassified", "delta": 0, "counted": 1, "taken_back": 1},
        {"reason": "revoked", "delta": -1, "counted": 0, "taken_back": 1},
        {"reason": "verified", "delta": 1, "counted": 1, "taken_back": 0},
    ]
    first = get(manager, "targets/all/changes/", **{"from": start, "to": middle})
    assert [(entry["reason"], entry["delta"]) for entry in first["entries"]] == [("verified", 1)]
    assert (first["opening"], first["closing"]) == (5, 6)
    nothing = get(manager, "targets/all/changes/", **{"from": end, "to": end})
    assert (nothing["opening"], nothing["entries"], nothing["closing"]) == (5, [], 5)
    early = get(manager, "targets/all/changes/", **{"from": start, "to": end, "as_of": "2018-01-31"})
    assert (early["opening"], early["closing"]) == (0, 0)


def test_changes_take_days_too(manager: Caller, settled: World) -> None:
    today = now().date()
    answer = get(manager, "targets/all/changes/", **{"from": today - dt.timedelta(2), "to": today + dt.timedelta(2)})
    assert (answer["opening"], answer["closing"]) == (0, 5)
    assert answer["as_of"] >= today.isoformat()
    everything = get(manager, "targets/all/changes/")
    assert (everything["opening"], everything["closing"]) == (0, 5)


# --- what cannot be asked


@pytest.mark.parametrize(
    ("address", "params", "field"),
    [
        ("targets/all/", {"as_of": "yesterday"}, "as_of"),
        ("targets/all/", {"as_of": "2019-02-30"}, "as_of"),
        ("targets/all/", {"known_at": "noon"}, "known_at"),
        ("targets/all/", {"known_at": "0001-01-01T00:00:00+08:00"}, "known_at"),
        ("targets/all/", {"known_at": "2019-13-01T00:00:00Z"}, "known_at"),
        ("targets/all/", {"nothing": "1"}, "nothing"),
        ("targets/all/", {"by": "month"}, "by"),
        ("targets/all/series/", {"by": "week"}, "by"),
        ("targets/all/series/", {"as_of": "x"}, "as_of"),
        ("targets/all/breakdown/", {}, "by"),
        ("targets/all/breakdown/", {"by": "gender"}, "by"),
        ("targets/all/breakdown/", {"by": "path", "nothing": "1"}, "nothing"),
        ("targets/all/people/", {"path": "walked"}, "path"),
        ("targets/all/people/", {"known_at": "x"}, "known_at"),
        ("targets/all/people/", {"by": "path"}, "by"),
        ("targets/all/people/", {"limit": "501"}, "limit"),
        ("targets/all/changes/", {"from": "x"}, "from"),
        ("targets/all/changes/", {"from": "2020-01-02", "to": "2020-01-01"}, "from"),
        ("targets/", {"nothing": "1"}, "nothing"),
        ("plans/", {"nothing": "1"}, "nothing"),
    ],
)
def test_bad_parameters_are_named(manager: Caller, address: str, params: dict[str, str], field: str) -> None:
    response = manager.get(address, params)
    assert response.status_code == 400, response.content
    assert [error["field"] for error in response.json()["errors"]] == [field]

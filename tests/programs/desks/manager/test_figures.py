"""The pages of figures say what the API says, keep to their moment, and lead to the people."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from backend.clock import now
from programs.catalogue.models import Programme
from programs.records.models import Record
from programs.targets.models import Plan, Target
from tests.factories import AdminFactory, ManagerFactory, OfficerFactory
from tests.programs.desks.manager.conftest import known
from tests.programs.targets.world import World
from tests.support.http import Caller

Browse = Callable[..., Client]
DIMENSIONS = ("organisation", "district", "path", "basis", "segment", "programme")


def opened(client: Client, address: str, **params: Any) -> Any:
    response = client.get(address, params)
    assert response.status_code == 200, response.content.decode()[:2000]
    return response


def moment(client: Client) -> str:
    """Now, on the books."""
    return opened(client, "/targets/all/").context["clocks"].moment.known_at.isoformat()


# --- one target


def test_the_figure_is_the_apis(settled: World, browse: Browse) -> None:
    api = Caller(ManagerFactory())
    for code in ("all", "high-end"):
        for params in ({}, {"as_of": "2019-03-15"}, {"as_of": "2018-12-31", "known_at": now().isoformat()}):
            answer = api.get(f"targets/{code}/", params).json()
            shown = opened(browse(), f"/targets/{code}/", **params).context["of"]
            assert shown.figure.achieved == answer["achieved"]
            assert shown.figure.remaining == answer["remaining"]
            assert shown.difference == pytest.approx(
                (answer["completion_rate"] - answer["elapsed_rate"]) * 100, abs=0.06
            )


def test_every_part_leads_to_its_people(settled: World, browse: Browse) -> None:
    manager = browse()
    for code, achieved in (("all", 5), ("high-end", 2)):
        for by in DIMENSIONS:
            page = opened(manager, f"/targets/{code}/", by=by)
            rows = page.context["parts"]
            assert sum(row["achieved"] for row in rows) == page.context["parts_total"] == achieved
            assert sum(row["share"] for row in rows) == pytest.approx(1)
            for row in rows:
                people = opened(manager, row["url"])
                assert people.context["heads"] == len(people.context["rows"]) == row["achieved"]


def test_the_chart_is_drawn_from_the_table(settled: World, browse: Browse) -> None:
    for per, count in (("month", 38), ("quarter", 13), ("year", 4)):
        context = opened(browse(), "/targets/all/", per=per).context
        rows, chart = context["course"], context["course_chart"]
        assert len(rows) == count
        assert chart["periods"] == [row["period"] for row in rows]
        assert chart["cumulative"]["values"] == [row["cumulative"] for row in rows]
        assert chart["plan"]["values"] == [row["plan"] for row in rows]
        assert chart["increment"]["values"] == [row["increment"] for row in rows]
        assert (rows[-1]["cumulative"], rows[-1]["plan"]) == (5, 100_000)
        parts = context["parts_chart"]
        assert parts["values"] == [row["achieved"] for row in context["parts"]]
        assert parts["links"] == [row["url"] for row in context["parts"]]


def test_blanks_stand_apart(settled: World, browse: Browse) -> None:
    page = opened(browse(), "/targets/all/", by="district")
    [row] = [row for row in page.context["parts"] if row["key"] == "unspecified"]
    assert (row["label"], row["achieved"]) == ("Not given", 1)
    chart = page.context["parts_chart"]
    assert [chart["labels"][index] for index in chart["pale"]] == ["Not given"]


def test_narrowed_to_some_of_the_people(settled: World, browse: Browse) -> None:
    page = opened(browse(), "/targets/all/", organisation="UNI-A", by="district")
    assert page.context["narrowed_heads"] == page.context["parts_total"] == 3
    assert page.context["of"].figure.achieved == 5
    assert page.context["course"][-1]["cumulative"] == 3
    assert page.context["course_chart"]["plan"] is None
    assert "Organisation: <strong>University UNI-A</strong>" in page.content.decode()
    for _name, _label, url in (*page.context["dimensions"], *page.context["periods"]):
        assert parse_qs(urlsplit(url).query)["organisation"] == ["UNI-A"]
    assert "organisation" not in parse_qs(urlsplit(page.context["whole"]).query)
    for name, key in (("district", "unspecified"), ("path", "trained"), ("programme", "TRAIN"), ("basis", "none")):
        assert opened(browse(), "/targets/all/", **{name: key}).context["narrowed_heads"] in {1, 4, 5}


# --- the two clocks


def test_links_keep_both_clocks(settled: World, browse: Browse) -> None:
    manager = browse()
    known_at = moment(manager)
    known(settled, "2018-01-31")
    settled.settle()
    clocks = {"as_of": "2019-03-20", "known_at": known_at}
    page = opened(manager, "/targets/all/", **clocks)
    assert page.context["of"].figure.achieved == 3
    links = [
        page.context["people"],
        *(url for _, _, url in page.context["periods"]),
        *(url for _, _, url in page.context["dimensions"]),
        *(row["url"] for row in page.context["parts"]),
    ]
    for link in links:
        given = parse_qs(urlsplit(link).query)
        assert {name: given[name] for name in clocks} == {name: [value] for name, value in clocks.items()}
    assert opened(manager, page.context["people"]).context["heads"] == 3
    changes = parse_qs(urlsplit(page.context["changes"]).query)
    assert changes == {"as_of": ["2019-03-20"], "to": [known_at]}
    assert "As of 2019-03-20, as known at " in page.content.decode()
    assert "known_at" not in page.context["now_url"]
    for row in opened(manager, "/targets/", **clocks).context["rows"]:
        assert parse_qs(urlsplit(row.url).query)["known_at"] == [known_at]


def test_the_fields_hold_what_is_shown(settled: World, browse: Browse) -> None:
    clocks = opened(browse(), "/targets/all/").context["clocks"]
    assert (clocks.as_of, clocks.known_at) == ("", "")
    clocks = opened(browse(), "/targets/all/", known_at="2019-07-01T08:00:30+08:00").context["clocks"]
    assert (clocks.as_of, clocks.known_at) == ("", "2019-07-01T08:01")
    clocks = opened(browse(), "/targets/all/", as_of="2018-02-28", known_at="2019-07-01T00:00:00Z").context["clocks"]
    assert (clocks.as_of, clocks.known_at) == ("2018-02-28", "2019-07-01T08:00")
    # What a field gives is read again as the same minute.
    again = opened(browse(), "/targets/all/", known_at=clocks.known_at).context["clocks"]
    assert again.moment.known_at == clocks.moment.known_at


def test_pages_of_people_keep_to_their_moment(settled: World, browse: Browse) -> None:
    manager = browse()
    page = opened(manager, "/targets/all/people/", limit=2)
    seen = [row["person"] for row in page.context["rows"]]
    known(settled, "2018-01-31")
    settled.settle()
    while following := page.context["page"].next:
        address = page.content.decode().split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
        assert following in unquote(address)
        page = opened(manager, "/targets/all/people/" + address)
        seen += [row["person"] for row in page.context["rows"]]
        assert page.context["heads"] == 5
    assert len(seen) == len(set(seen)) == 5


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/targets/all/?as_of=yesterday", "wrong format"),
        ("/targets/all/?known_at=noon", "Give a moment such as"),
        ("/targets/all/?by=gender", "not a valid choice"),
        ("/targets/all/?per=week", "not a valid choice"),
        ("/targets/all/?path=walked", "not one of the available choices"),
        ("/targets/all/?nothing=1", "This list has no filter “nothing”"),
        ("/targets/?nothing=1", "This list has no filter “nothing”"),
        ("/targets/all/people/?path=walked", "not one of the available choices"),
        ("/targets/all/people/?by=path", "This list has no filter “by”"),
        ("/targets/all/changes/?from=2020-01-02&to=2020-01-01", "exchange from and to"),
        ("/targets/all/changes/?known_at=2020-01-02", "This list has no filter “known_at”"),
    ],
)
def test_what_cannot_be_read_is_said(settled: World, browse: Browse, address: str, said: str) -> None:
    response = browse().get(address)
    assert response.status_code == 400
    assert said in response.content.decode()


def test_no_such_target(settled: World, browse: Browse) -> None:
    for tail in ("", "people/", "changes/"):
        assert browse().get(f"/targets/none/{tail}").status_code == 404


# --- the people behind it


def test_people_are_masked_and_named_by_their_organisations(settled: World, browse: Browse) -> None:
    page = opened(browse(), "/targets/all/people/", organisation="UNI-A")
    assert page.context["heads"] == 3
    for row in page.context["rows"]:
        assert "*" in row["name"]
        assert row["organisation_name"] == "University UNI-A"
        assert f'href="/people/{row["person"]}/"' in page.content.decode()
    assert "*" not in opened(browse(OfficerFactory()), "/targets/all/people/").context["rows"][0]["name"]


def test_people_download_as_they_are_shown(settled: World, browse: Browse) -> None:
    manager = browse()
    address = {"as_of": "2019-03-20", "district": "520102"}
    response: Any = manager.get("/targets/all/people/", {**address, "format": "csv"})
    rows = list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    shown = opened(manager, "/targets/all/people/", **address).context["rows"]
    assert [row["Name"] for row in rows] == [row["name"] for row in shown]
    assert {row["District"] for row in rows} == {"Nanming District"}
    assert len(rows) == 2
    assert manager.get("/targets/all/people/?format=xlsx").status_code == 200


def test_a_part_of_the_page_is_the_table_alone(settled: World, browse: Browse) -> None:
    response = browse(**{"hx-request": "true"}).get("/targets/all/people/", {"path": "introduced"})
    text = response.content.decode()
    assert text.lstrip().startswith('<div id="rows">')
    assert response.context["heads"] == 1


# --- why it moved


def test_changes_sum_up(settled: World, browse: Browse) -> None:
    manager = browse()
    start = moment(manager)
    record = known(settled, "2018-01-31")
    settled.settle()
    settled.change(record, state=Record.State.REVOKED, reason="revoked")
    settled.settle()
    page = opened(manager, "/targets/all/changes/", **{"from": start})
    movement = page.context["movement"]
    assert (movement.opening, movement.closing) == (5, 5)
    assert [(row["reason"], row["delta"]) for row in page.context["rows"]] == [
        ("Verified records revoked", -1),
        ("Records verified", 1),
    ]
    assert "It stands at 5, as before." in page.content.decode()
    chart = page.context["chart"]
    assert chart["opening"]["value"] + sum(step["value"] for step in chart["steps"]) == chart["closing"]["value"] == 5


def test_changes_say_what_moved_lately(settled: World, browse: Browse) -> None:
    page = opened(browse(), "/targets/all/changes/")
    movement = page.context["movement"]
    assert (movement.opening, movement.closing) == (0, 5)
    assert not page.context["from_start"]
    assert now() - movement.since.known_at >= dt.timedelta(days=30)
    assert "It rose by 5, from 0 to 5." in page.content.decode()


def test_changes_go_back_to_the_start_where_nothing_moved_lately(settled: World, browse: Browse, clock: Any) -> None:
    clock.shift(days=60)
    page = opened(browse(), "/targets/all/changes/")
    assert page.context["from_start"]
    assert page.context["movement"].closing == 5
    everything = opened(browse(), "/targets/all/changes/", **{"from": ""})
    assert everything.context["from_start"]
    assert opened(browse(), "/targets/all/changes/", **{"from": now().date()}).context["movement"].moved == []


# --- the desk


def test_the_desk_shows_both_targets(settled: World, browse: Browse) -> None:
    page = opened(browse(), "/")
    figures = {one["of"].target.code: one for one in page.context["targets"]}
    assert {code: one["of"].figure.achieved for code, one in figures.items()} == {"high-end": 2, "all": 5}
    for one in figures.values():
        assert one["chart"]["cumulative"]["values"] == [row["cumulative"] for row in one["rows"]]
        assert one["rows"][-1]["cumulative"] == one["lately"].closing == one["of"].figure.achieved
    rows = page.context["organisations"]
    assert [(row["label"], row["heads"]) for row in rows] == [
        ("University UNI-A", [2, 3]),
        ("University HITECH", [0, 1]),
        ("University UNI-B", [0, 1]),
    ]
    for row in rows:
        for cell in row["cells"]:
            assert opened(browse(), cell["url"]).context["heads"] == cell["heads"]


def test_nothing_is_counted_and_nothing_planned(world: World, browse: Browse) -> None:
    assert "Nobody counts yet" in opened(browse(), "/").content.decode()
    assert "Nobody counted at this moment" in opened(browse(), "/targets/all/").content.decode()
    assert "Nobody counts here" in opened(browse(), "/targets/all/people/").content.decode()
    assert "Nothing was posted" in opened(browse(), "/targets/all/changes/").content.decode()
    Target.objects.all().delete()
    Plan.objects.all().delete()
    for address in ("/", "/targets/"):
        assert "No plan is loaded" in opened(browse(), address).content.decode()


def test_who_reads_them_sees_the_way_there(settled: World, browse: Browse) -> None:
    for factory in (ManagerFactory, OfficerFactory, AdminFactory):
        text = opened(browse(factory()), "/targets/").content.decode()
        assert 'href="/targets/"' in text


# --- how much it costs


@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("/", 41),
        ("/targets/", 20),
        ("/targets/all/", 36),
        ("/targets/all/people/", 26),
        ("/targets/all/changes/", 19),
    ],
)
def test_queries_do_not_grow_with_the_people(
    settled: World, browse: Browse, django_assert_max_num_queries: DjangoAssertNumQueries, address: str, most: int
) -> None:
    # Twelve of them are the frame's (transaction, session, user, scope); one looks whether the code tables changed.
    manager = browse()
    opened(manager, address)
    with django_assert_max_num_queries(most):
        opened(manager, address)
    for number in range(8):
        settled.training = Programme.objects.create(
            code=f"MORE-{number}", name_zh="更多", path="trained", starts_on="2018-01-01", ends_on="2020-12-31"
        )
        known(settled, "2019-05-31", by=settled.b, district="520111")
    settled.settle()
    with django_assert_max_num_queries(most):
        opened(manager, address)

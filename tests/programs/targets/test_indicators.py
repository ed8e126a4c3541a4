"""Indicators: the plan's other published goals, the values reported of them, and who may."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from backend.audit.models import AuditEntry
from programs.targets.indicators.models import Indicator, IndicatorValue
from programs.targets.planfile import BadPlan
from tests.factories import AdminFactory, ManagerFactory, OfficerFactory, PartnerFactory
from tests.programs.targets.planfiles import SECOND, SHIPPED, amended, load, parted
from tests.programs.targets.test_subtargets import get
from tests.programs.targets.world import World
from tests.support.http import Caller, code_of


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def officer(scope_all: None) -> Caller:
    return Caller(OfficerFactory(username="hu"), **{"accept-language": "en"})


def report(
    caller: Caller, value: object, as_of: str, source: str = "统计年鉴2019，表3-1", code: str = "storage"
) -> Any:
    body = {"value": value, "as_of": as_of, "source": source}
    return caller.post(f"indicators/{code}/values/", body, format="json")


def test_the_shipped_plan_carries_the_other_published_goals(officer: Caller) -> None:
    found = get(officer, "indicators/", limit=100, count="exact")
    assert found["count"] == 20
    by_code = {one["code"]: one for one in found["results"]}
    assert [one["code"] for one in found["results"]][:3] == ["storage", "pilot-tasks", "brands"]
    fund = by_code["investment-fund"]
    assert (fund["goal"], fund["unit_zh"], fund["unit_en"]) == ("100", "亿元", "100 million yuan")
    assert (fund["said_en"], fund["said_zh"]) == ("an investment fund of 10 billion yuan", "投资基金 100 亿元")
    assert (by_code["servers"]["goal"], by_code["servers"]["direction"]) == ("500000", "at_least")
    assert {one["value"] for one in found["results"]} == {None}
    assert get(officer, "indicators/", plan="none")["results"] == []
    assert get(officer, "plans/digital-valley-2020/")["indicators"][-1] == "investment-fund"


def test_a_value_is_read_on_both_clocks_and_corrected_by_another(officer: Caller) -> None:
    assert report(officer, "0.4", "2018-12-31").status_code == 201
    assert report(officer, 0.75, "2019-12-31").status_code == 201
    first = get(officer, "indicators/storage/")
    assert (first["value"], first["value_as_of"], first["completion_rate"], first["reached"]) == (
        "0.75",
        "2019-12-31",
        0.75,
        False,
    )
    answer = report(officer, "1.25", "2019-12-31", "更正：第7号函")
    assert (answer.json()["value"], answer.json()["reported_by"]) == ("1.25", "hu")
    now = get(officer, "indicators/storage/")
    assert (now["value"], now["reached"], now["value_source"]) == ("1.25", True, "更正：第7号函")
    # As known before the correction, and as of a day before it, it is what it was.
    then = get(officer, "indicators/storage/", known_at=first["known_at"], as_of=first["as_of"])
    assert then == first
    assert get(officer, "indicators/storage/", as_of="2019-06-30")["value"] == "0.4"
    assert get(officer, "indicators/storage/", as_of="2018-06-30")["value"] is None
    listed = get(officer, "indicators/storage/values/")["results"]
    assert [(one["as_of"], one["value"], one["superseded"]) for one in listed] == [
        ("2019-12-31", "1.25", False),
        ("2019-12-31", "0.75", True),
        ("2018-12-31", "0.4", False),
    ]
    assert len(get(officer, "indicators/storage/values/", superseded="false")["results"]) == 2
    known = get(officer, "indicators/storage/values/", known_at=first["known_at"])["results"]
    assert [one["superseded"] for one in known] == [False, False]
    assert IndicatorValue.objects.get(pk=answer.json()["id"]).value == Decimal("1.25")
    assert AuditEntry.objects.filter(action="indicator.report", detail__indicator="storage").count() == 3


@pytest.mark.parametrize(
    ("value", "as_of", "source", "field"),
    [
        (-1, "2019-12-31", "x", "value"),
        ("much", "2019-12-31", "x", "value"),
        (1, "2999-01-01", "x", "as_of"),
        (1, "2019-02-30", "x", "as_of"),
        (1, "2019-12-31", "  ", "source"),
        ("0.0000001", "2019-12-31", "x", "value"),
    ],
)
def test_what_cannot_be_a_value(officer: Caller, value: object, as_of: str, source: str, field: str) -> None:
    refused = report(officer, value, as_of, source)
    assert (refused.status_code, code_of(refused)) == (400, "invalid")
    assert [one["field"] for one in refused.json()["errors"]] == [field]
    assert not IndicatorValue.objects.exists()


def test_who_reports(scope_all: None) -> None:
    assert report(Caller(ManagerFactory()), 1, "2019-12-31").status_code == 201
    for user in (AdminFactory(), PartnerFactory()):
        assert report(Caller(user), 1, "2019-12-31").status_code == 403
    assert Caller(PartnerFactory()).get("indicators/").status_code == 403
    assert report(Caller(OfficerFactory()), 1, "2019-12-31", code="none").status_code == 404
    assert Caller(OfficerFactory()).get("indicators/storage/", {"when": "now"}).status_code == 400
    assert Caller(OfficerFactory()).get("indicators/", {"when": "now"}).status_code == 400


def test_an_indicator_with_values_stays_with_its_plan(officer: Caller) -> None:
    without = SHIPPED.replace('code = "storage"', 'code = "disks"', 1)
    load(without)
    assert not Indicator.objects.filter(code="storage").exists()
    report(officer, 1, "2019-12-31", code="disks")
    with pytest.raises(BadPlan, match="indicators lack disks"):
        load(SHIPPED)
    block = SHIPPED[SHIPPED.index("[[indicators]]") :].partition("\n\n")[0]
    with pytest.raises(
        BadPlan, match=r"indicators\[1\]\.code names “brands”, which belongs to the plan digital-valley"
    ):
        load(f"{SECOND}\n{block.replace('storage', 'brands', 1)}")


def test_a_ceiling_is_reached_from_below(officer: Caller) -> None:
    load(SHIPPED.replace("goal = 1\n", 'goal = 1\ndirection = "at_most"\n', 1))
    report(officer, "0.5", "2019-12-31")
    one = get(officer, "indicators/storage/")
    assert (one["reached"], one["completion_rate"]) == (True, None)


# --- the pages


def test_the_page_reads_talent_beside_them(world: World, officer: Caller) -> None:
    world.record(world.person(), "2019-03-29")
    world.settle()
    client = Client(headers={"accept-language": "en"})
    client.force_login(ManagerFactory(), backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/indicators/storage/")
    assert b"Nothing reported yet" in page.content
    sent = client.post("/indicators/storage/", {"value": "0.4", "as_of": "2018-12-31", "source": "年鉴"}, follow=True)
    assert b"The value is reported." in sent.content
    refused = client.post("/indicators/storage/", {"value": "-1", "as_of": "2018-12-31", "source": ""})
    assert refused.status_code == 400
    report(officer, "0.8", "2019-12-31")
    listed = client.get("/indicators/", {"as_of": "2020-01-31"}).content.decode()
    for said in ("Counted here", "storage over 1 EB", "80.0%", "2019-12-31", "<polyline", "an investment fund"):
        assert said in listed, said
    one = client.get("/indicators/storage/").content.decode()
    assert "values-chart" in one
    assert "Report it" in one
    admin = Client()
    admin.force_login(AdminFactory(), backend="django.contrib.auth.backends.ModelBackend")
    assert "Report it" not in admin.get("/indicators/storage/", headers={"accept-language": "en"}).content.decode()


def test_the_target_page_shows_parts_and_amendments(world: World) -> None:
    load(amended(parted("organisation UNI-A 10", "year 2019 50_000"), "2019-07-01", "goal = 120_000"))
    load(SECOND)
    world.record(world.person(), "2019-03-29")
    world.settle()
    client = Client()
    client.force_login(ManagerFactory(), backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/targets/all/", {"as_of": "2020-01-31"}).content.decode()
    for said in ("Goals by organisation", "Goals by year", "119,990", "The goal was amended", "120,000"):
        assert said in page, said
    before = client.get("/targets/all/", {"as_of": "2019-06-30"}).content.decode()
    assert "99,990" in before
    assert "still to come" in before
    for address in ("/", "/targets/", "/plans/"):
        shown = client.get(address).content.decode()
        assert "Masters" in shown
        assert "120,000" in shown

"""Periods over HTTP: generated, opened by hand, changed, locked."""

import datetime as dt
import itertools
from typing import Any

import chinese_calendar
import pytest
from rest_framework.test import APIClient

from backend.audit.models import AuditEntry
from programs.periods.models import Period
from programs.periods.spans import frequency_of, spans
from tests.factories import ManagerFactory, OfficerFactory, PartnerFactory, PeriodFactory

pytestmark = pytest.mark.django_db
QUARTERS = {"frequency": "quarter", "from": "2018-01-01", "to": "2019-12-31", "working_days_after_end": 10}
GENERATE = "/api/v1/periods/generate/"


@pytest.fixture
def client(scope_all: None) -> APIClient:
    client = APIClient(headers={"Accept-Language": "en"})
    client.force_authenticate(OfficerFactory())
    return client


def generate(client: APIClient, **body: Any) -> Any:
    return client.post(GENERATE, {**QUARTERS, **body}, format="json")


def errors(answer: Any) -> dict[str, str]:
    assert answer.status_code == 400, answer.content
    return {error["field"]: error["code"] for error in answer.json()["errors"]}


@pytest.mark.parametrize(
    ("frequency", "codes"),
    [
        ("month", ["2019-11", "2019-12", "2020-01"]),
        ("quarter", ["2019-Q4", "2020-Q1"]),
        ("half_year", ["2019-H2", "2020-H1"]),
        ("year", ["2019", "2020"]),
    ],
)
def test_every_period_with_a_day_in_the_span_is_made(frequency: str, codes: list[str]) -> None:
    made = list(spans(frequency, dt.date(2019, 11, 30), dt.date(2020, 1, 1)))
    assert [span.code for span in made] == codes
    assert {frequency_of(span.code) for span in made} == {frequency}
    for one, following in itertools.pairwise(made):
        assert following.starts_on - one.ends_on == dt.timedelta(days=1)


def test_generating_counts_working_days_and_repeating_changes_nothing(client: APIClient) -> None:
    first = generate(client)
    assert first.status_code == 201
    assert first.json() == {
        "created": [f"{year}-Q{n}" for year in (2018, 2019) for n in (1, 2, 3, 4)],
        "existing": [],
        "notes": [],
    }
    for period in Period.objects.all():
        days = [period.ends_on + dt.timedelta(days=n) for n in range(1, (period.due_on - period.ends_on).days + 1)]
        assert sum(map(chinese_calendar.is_workday, days)) == 10
    audited = AuditEntry.objects.filter(action="period.generate").count()
    before = list(Period.objects.order_by("id").values())

    again = generate(client, to="2020-03-31", working_days_after_end=3)

    assert again.json()["created"] == ["2020-Q1"]
    assert len(again.json()["existing"]) == 8
    assert list(Period.objects.exclude(code="2020-Q1").order_by("id").values()) == before
    assert generate(client, to="2020-03-31").status_code == 200
    assert AuditEntry.objects.filter(action="period.generate").count() == audited + 1


def test_a_due_day_over_an_unpublished_year_bears_a_note_until_it_is_set(client: APIClient) -> None:
    answer = generate(client, **{"from": "2026-10-01", "to": "2027-03-31"}).json()
    assert answer["created"] == ["2026-Q4", "2027-Q1"]
    assert len(answer["notes"]) == 2
    assert "statutory days" in client.get("/api/v1/periods/2026-Q4/").json()["note"]
    changed = client.patch("/api/v1/periods/2026-Q4/", {"due_on": "2027-01-18"}, format="json").json()
    assert (changed["provisional"], changed["note"]) == (False, "")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"to": "2017-12-31"}, "to"),
        ({"from": "1949-10-01"}, "from"),
        ({"to": "9999-12-31"}, "to"),
        ({"from": "2018-02-30"}, "from"),
        ({"frequency": "free"}, "frequency"),
        ({"frequency": "fortnight"}, "frequency"),
        ({"working_days_after_end": -1}, "working_days_after_end"),
        ({"working_days_after_end": 100000}, "working_days_after_end"),
    ],
)
def test_a_span_that_cannot_be_is_refused(client: APIClient, body: dict[str, Any], field: str) -> None:
    assert field in errors(generate(client, **body))
    assert not Period.objects.exists()


def test_a_period_by_hand_need_not_be_the_calendars_own(client: APIClient) -> None:
    body = {"code": "2019-03", "starts_on": "2019-02-21", "ends_on": "2019-03-20", "due_on": "2019-03-25"}
    answer = client.post("/api/v1/periods/", body, format="json")
    assert answer.status_code == 201
    assert answer.json()["frequency"] == "month"
    again = client.post("/api/v1/periods/", body, format="json")
    assert (again.status_code, again.json()["type"].rsplit("/")[-1]) == (409, "already_exists")
    overlapping = generate(client, frequency="month", **{"from": "2019-02-01", "to": "2019-02-01"})
    assert (overlapping.status_code, overlapping.json()["type"].rsplit("/")[-1]) == (409, "conflict")
    assert "2019-03" in overlapping.json()["detail"]
    free = client.post("/api/v1/periods/", {**body, "code": "CENSUS-2019"}, format="json")
    assert free.json()["frequency"] == "free"


def test_days_out_of_order_are_refused(client: APIClient) -> None:
    body = {"code": "2019-Q1", "starts_on": "2019-03-31", "ends_on": "2019-01-01", "due_on": "2019-01-01"}
    assert errors(client.post("/api/v1/periods/", body, format="json")) == {
        "ends_on": "before_start",
        "due_on": "before_start",
    }


def test_changing_a_period(client: APIClient) -> None:
    PeriodFactory()
    here = "/api/v1/periods/2019-Q1/"
    assert client.patch(here, {"due_on": "2019-04-22"}, format="json").json()["due_on"] == "2019-04-22"
    assert errors(client.patch(here, {"code": "2019-Q2"}, format="json")) == {"code": "fixed"}
    assert client.patch("/api/v1/periods/2031-Q1/", {}, format="json").status_code == 404
    entry = AuditEntry.objects.filter(action="period.change").last()
    assert entry is not None
    assert entry.detail == {"due_on": ["2019-04-15", "2019-04-22"]}


def test_locking_needs_a_reason_and_holds_the_period(client: APIClient) -> None:
    PeriodFactory()
    here = "/api/v1/periods/2019-Q1/"
    assert errors(client.post(f"{here}lock/", {}, format="json")) == {"reason": "required"}
    assert errors(client.post(f"{here}lock/", {"reason": " "}, format="json")) == {"reason": "blank"}
    locked = client.post(f"{here}lock/", {"reason": "published"}, format="json").json()["locked_at"]
    assert locked
    assert client.post(f"{here}lock/", {"reason": "again"}, format="json").json()["locked_at"] == locked
    refused = client.patch(here, {"due_on": "2019-05-05"}, format="json")
    assert refused.status_code == 409
    assert client.get("/api/v1/periods/", {"locked": "true"}).json()["results"][0]["code"] == "2019-Q1"
    assert client.post(f"{here}unlock/", {"reason": "a correction"}, format="json").json()["locked_at"] is None
    actions = AuditEntry.objects.filter(subject_type="period").values_list("action", "detail__reason")
    assert list(actions.order_by("id")) == [("period.lock", "published"), ("period.unlock", "a correction")]


def test_filters_and_order(client: APIClient) -> None:
    generate(client)
    generate(client, frequency="year")

    def codes(**params: str) -> list[str]:
        return [row["code"] for row in client.get("/api/v1/periods/", params).json()["results"]]

    assert codes(on="2018-05-05") == ["2018", "2018-Q2"]
    assert codes(frequency="year") == ["2018", "2019"]
    assert codes(ends_from="2019-07-01", frequency="quarter") == ["2019-Q3", "2019-Q4"]
    assert codes(locked="true") == []
    assert client.get("/api/v1/periods/", {"nonsense": "1"}).status_code == 400


@pytest.mark.parametrize("factory", [PartnerFactory, ManagerFactory])
def test_others_read_and_do_not_write(scope_all: None, factory: Any) -> None:
    PeriodFactory()
    client = APIClient()
    client.force_authenticate(factory())
    assert client.get("/api/v1/periods/2019-Q1/").status_code == 200
    for method, path in (
        ("post", "/api/v1/periods/"),
        ("post", GENERATE),
        ("patch", "/api/v1/periods/2019-Q1/"),
        ("post", "/api/v1/periods/2019-Q1/lock/"),
        ("post", "/api/v1/periods/2019-Q1/unlock/"),
    ):
        assert getattr(client, method)(path, {}, format="json").status_code == 403

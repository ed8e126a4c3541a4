"""Old ledgers that the bureau loads as opening books."""

import datetime as dt
from typing import Any

import pytest

from backend.accounts import scope
from programs.periods.expected import expect_obligations
from programs.periods.models import Obligation
from tests.factories import OfficerFactory, PeriodFactory
from tests.programs.desks.partner.conftest import Browse, browse
from tests.support.partner import API, Partner

__all__ = ["browse"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def partner(db: None, run_jobs) -> Partner:  # type: ignore[no-untyped-def]
    return Partner(run_jobs)


def load(partner: Partner, rows: list[dict[str, Any]], **options: Any) -> Any:
    body = {
        "organisation": partner.organisation.code,
        "period": partner.period.code,
        "records": rows,
        "confirm": "auto",
        "opening": True,
    }
    return partner.officer.post(f"{API}submissions/", body | options, format="json")


def test_they_are_never_late_and_report_no_period(partner: Partner) -> None:
    later = PeriodFactory(
        code="2019-Q4", starts_on=dt.date(2019, 10, 1), ends_on=dt.date(2019, 12, 31), due_on=dt.date(2020, 1, 15)
    )
    expect_obligations()
    late = partner.send([partner.row(1)], period=later.code)
    assert {one["rule"] for one in partner.findings(late["id"])} == {"W03"}
    sent = load(partner, [partner.row(1)], period=later.code)
    assert sent.status_code == 202, sent.content
    partner.run_jobs()
    taken = partner.submission(sent.json()["id"])
    assert (taken["status"], taken["opening"], taken["on_behalf"]) == ("accepted", True, True)
    assert partner.findings(taken["id"]) == []
    expect_obligations()
    with scope.everything():
        owed = Obligation.objects.get(organisation=partner.organisation, period=later)
    assert owed.state == "missing"
    listed = partner.officer.get(f"{API}submissions/", {"opening": "true"}).json()["results"]
    assert [one["id"] for one in listed] == [taken["id"]]


def test_only_the_bureau_loads_them_and_from_2017_on(partner: Partner) -> None:
    body = {"period": partner.period.code, "records": [partner.row(1)], "opening": True}
    assert partner.api.post(f"{API}submissions/", body, format="json").status_code == 403
    old = PeriodFactory(
        code="2016", starts_on=dt.date(2016, 1, 1), ends_on=dt.date(2016, 12, 31), due_on=dt.date(2017, 1, 15)
    )
    refused = load(partner, [partner.row(1)], period=old.code)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "period")
    first = PeriodFactory(
        code="2017", starts_on=dt.date(2017, 1, 1), ends_on=dt.date(2017, 12, 31), due_on=dt.date(2018, 1, 15)
    )
    assert load(partner, [partner.row(1)], period=first.code).status_code == 202


def test_the_upload_page_offers_it_to_officers_alone(partner: Partner, browse: Browse) -> None:
    assert "as opening books" in browse(OfficerFactory()).get("/submissions/new/").content.decode()
    assert "as opening books" not in browse(partner.clerk).get("/submissions/new/").content.decode()

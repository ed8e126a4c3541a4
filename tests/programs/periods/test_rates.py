"""The first clock, by the cases worked by hand in ``docs/rates.md``."""

import datetime as dt
from typing import Any

import pytest

from backend.accounts import scope
from programs.periods.expected import expect_obligations
from programs.periods.models import Obligation
from programs.periods.rates import rates
from tests.factories import OfficerFactory, OrganisationFactory, PartnerFactory, PeriodFactory, ProgrammeFactory
from tests.support.browsing import signed_in, words
from tests.support.partner import API, client_of

pytestmark = pytest.mark.django_db
STATED = ("expected", "received", "on_time", "excused", "reporting_rate", "on_time_rate")


def settle(organisation: str, period: str, state: str, moment: str = "2019-04-01T00:00:00+08:00") -> None:
    with scope.everything():
        one = Obligation.objects.get(organisation__code=organisation, period__code=period)
        one.state, one.settled_at = state, dt.datetime.fromisoformat(moment)
        one.on_time = None if state == "excused" else one.settled_at.date() <= one.due_on
        one.save()


@pytest.fixture(autouse=True)
def house(db: None) -> None:
    a, b, c = (OrganisationFactory(code=code) for code in "ABC")
    ProgrammeFactory(code="P", organisations=[a, b, c])
    ProgrammeFactory(code="Q", organisations=[b], starts_on=dt.date(2019, 4, 1))
    ProgrammeFactory(code="R", organisations=[a], starts_on=dt.date(2099, 1, 1), ends_on=dt.date(2099, 12, 31))
    PeriodFactory()
    PeriodFactory(
        code="2019-Q2", starts_on=dt.date(2019, 4, 1), ends_on=dt.date(2019, 6, 30), due_on=dt.date(2019, 7, 12)
    )
    PeriodFactory(
        code="2099-Q1", starts_on=dt.date(2099, 1, 1), ends_on=dt.date(2099, 3, 31), due_on=dt.date(2099, 4, 15)
    )
    expect_obligations()
    settle("A", "2019-Q1", "reported", "2019-04-15T23:59:00+08:00")
    settle("B", "2019-Q1", "confirmed_zero", "2019-04-16T00:00:00+08:00")
    settle("B", "2019-Q2", "reported", "2019-07-01T12:00:00+08:00")
    settle("C", "2019-Q1", "excused")
    settle("C", "2019-Q2", "excused")


def told(rows: list[dict[str, Any]]) -> dict[str, tuple[Any, ...]]:
    return {row["key"]: tuple(row[name] for name in STATED) for row in rows}


def asked(**parameters: str) -> dict[str, tuple[Any, ...]]:
    answer = client_of(OfficerFactory()).get(f"{API}rates/", parameters)
    assert answer.status_code == 200, answer.content
    return told(answer.json()["results"])


def test_by_period() -> None:
    assert asked(by="period") == {"2019-Q1": (2, 2, 1, 1, 1.0, 0.5), "2019-Q2": (2, 1, 1, 1, 0.5, 0.5)}


def test_by_organisation_with_none_on_a_base_of_nothing() -> None:
    assert asked(by="organisation") == {
        "A": (2, 1, 1, 0, 0.5, 0.5),
        "B": (2, 2, 1, 0, 1.0, 0.5),
        "C": (0, 0, 0, 2, None, None),
    }


def test_by_programme_an_obligation_stands_under_each_for_which_it_is_owed() -> None:
    assert asked(by="programme") == {"P": (4, 3, 2, 2, 0.75, 0.5), "Q": (1, 1, 1, 0, 1.0, 1.0)}
    assert asked(by="organisation", programme="Q") == {"B": (1, 1, 1, 0, 1.0, 1.0)}


def test_all_together_with_and_without_what_is_not_due_yet() -> None:
    assert asked(by="all") == {"all": (4, 3, 2, 2, 0.75, 0.5)}
    assert asked(by="all", due="all") == {"all": (5, 3, 2, 2, 0.6, 0.4)}
    assert asked(by="all", organisation="NOBODY") == {"all": (0, 0, 0, 0, None, None)}


def test_every_row_adds_up() -> None:
    with scope.everything():
        for by in ("period", "organisation", "programme", "all"):
            for row in rates(OfficerFactory(), by):
                assert row["expected"] == row["received"] + row["missing"]
                assert row["received"] == row["reported"] + row["confirmed_zero"] == row["on_time"] + row["late"]
                assert row["overdue"] == row["missing"]


def test_a_partner_reads_its_own() -> None:
    with scope.everything():
        a = client_of(PartnerFactory(organisation=Obligation.objects.filter(organisation__code="A")[0].organisation))
    assert told(a.get(f"{API}rates/", {"by": "all"}).json()["results"]) == {"all": (2, 1, 1, 0, 0.5, 0.5)}
    assert told(a.get(f"{API}rates/", {"by": "organisation", "organisation": "B"}).json()["results"]) == {}
    assert a.get(f"{API}rates/", {"by": "colour"}).status_code == 400


def test_the_page_shows_them(house: None) -> None:
    said = words(signed_in(OfficerFactory()).get("/rates/?by=programme"))
    assert "P 4 3 75.0% 2 50.0% 1 2" in said.replace("大数据实训", "").replace("Big data training", "").replace(
        "  ", " "
    )

"""The pages of scorecards: the bureau's list and a partner's own card; and that they say what the rates say."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from backend import clock as bureau
from backend.accounts import scope
from backend.accounts.models import Organisation, User
from programs.periods import selectors as periods
from programs.periods.models import Obligation, Period
from programs.periods.rates import By, due_over, rates
from programs.scorecards import selectors
from programs.scorecards.figures import FEWEST_PEERS, cards
from tests.factories import ManagerFactory, OfficerFactory, OrganisationFactory, PartnerFactory, PeriodFactory
from tests.programs.desks.officer.world import Reader, links, saved, text
from tests.support.partner import API, client_of

pytestmark = pytest.mark.django_db
PAGE = "/scorecards/"
QUARTERS = [("2018-Q3", 7), ("2018-Q4", 10), ("2019-Q1", 1), ("2019-Q2", 4)]


def quarter(code: str, month: int) -> Period:
    starts = dt.date(int(code[:4]), month, 1)
    ends = starts + dt.timedelta(days=85)
    due = ends + dt.timedelta(days=20)
    return PeriodFactory(code=code, starts_on=starts, ends_on=ends, due_on=due, frequency="quarter")


def owe(body: Organisation, period: Period, state: str = "missing", on_time: bool | None = None) -> None:
    settled = None if state == "missing" else bureau.now()
    with scope.everything():
        Obligation.objects.create(
            organisation=body, period=period, due_on=period.due_on, state=state, on_time=on_time, settled_at=settled
        )


@pytest.fixture
def house() -> list[Organisation]:
    """Six universities over four quarters, and an employer; the first university was late twice."""
    bodies = [OrganisationFactory(code=f"U{n}", name_en=f"University {n}", kind="university") for n in range(6)]
    bodies.append(OrganisationFactory(code="COMPANY", name_en="Company", kind="employer"))
    for place, (code, month) in enumerate(QUARTERS):
        period = quarter(code, month)
        for body in bodies:
            late = body.code == "U0" and place % 2 == 0
            owe(body, period, "reported", on_time=not late)
    owe(bodies[6], PeriodFactory(code="2019-06", frequency="month", due_on=dt.date(2019, 7, 8)))
    return bodies


def test_a_partner_sees_its_own_course_beside_its_peers(house: list[Organisation]) -> None:
    clerk = Reader(PartnerFactory(organisation=house[0]))
    said = clerk.read(PAGE)
    for words in (
        "The latest period that was due is 2019-Q2",
        "Of the 4 reports shown here, 2 came on time (50.0%)",
        "100.0% of 5 peers were on time.",
        "Whether the report, or the confirmation that there is none, came on or before its due day.",
    ):
        assert words in said
    for other in house[1:]:
        assert other.name_en not in said
        assert other.code not in said
    assert said.index("2018-Q3") < said.index("2019-Q1"), "the course begins with the earliest"
    fewer = clerk.read(f"{PAGE}?last=4")
    assert "Of the 4 reports" in fewer
    for query in ("last=5", "frequency=month", "sort=verified"):
        assert clerk.get(f"{PAGE}?{query}").status_code == 400
    assert clerk.get(f"{PAGE}{house[1].code}/").status_code == 404
    assert clerk.get(f"{PAGE}{house[0].code}/").status_code == 200


def test_whoever_owes_nothing_yet_is_told_when_there_will_be_one() -> None:
    clerk = Reader(PartnerFactory())
    assert "Yours appears here once the due day of the first report that you owe is over." in clerk.read(PAGE)
    assert "A partner has one once the due day" in Reader(OfficerFactory()).read(PAGE)


def test_peers_so_few_that_one_could_be_recognised_are_not_told(house: list[Organisation]) -> None:
    company = Reader(PartnerFactory(organisation=house[6]))
    assert "Too few others have a figure here to be told." in company.read(PAGE)
    with scope.everything():
        Obligation.objects.filter(organisation__code="U5").delete()
    assert FEWEST_PEERS == 5
    assert "Too few others" in Reader(PartnerFactory(organisation=house[0])).read(PAGE)


def test_the_bureau_lists_everybodys_latest_and_opens_one(house: list[Organisation]) -> None:
    for reader in (Reader(OfficerFactory()), Reader(ManagerFactory())):
        page = reader.get(PAGE)
        assert "2019-Q2" in text(page)
        assert "2019-Q1" not in [one.partition("period=")[2] for one in links(page, "^/obligations/")]
        opened = links(page, rf"^{PAGE}[A-Z]")
        assert opened[1:] == [f"{PAGE}U{n}/?frequency=quarter" for n in range(6)] or len(opened) == 8
        assert "University 3" in reader.read(f"{PAGE}U3/?frequency=quarter")


def test_the_list_is_narrowed_sorted_and_downloaded(house: list[Organisation]) -> None:
    officer = Reader(OfficerFactory())

    def found(query: str) -> list[str]:
        answer = officer.get(f"{PAGE}?{query}")
        assert answer.status_code == 200, query
        return [one.removeprefix(PAGE).split("/")[0] for one in links(answer, rf"^{PAGE}[A-Z]")]

    assert found("period=2019-Q1&sort=on_time")[0] == "U0"
    assert found("period=2019-Q1&sort=-organisation")[0] == "U5"
    assert found("kind=employer&frequency=month") == ["COMPANY"]
    assert found("organisation=U2") == ["U2"]
    assert officer.get(f"{PAGE}?sort=height").status_code == 400
    assert officer.get(f"{PAGE}?sorted=on_time").status_code == 400
    assert "No scorecard is found by this filter" in officer.read(f"{PAGE}?organisation=NOBODY")
    data = saved(officer.get(f"{PAGE}?period=2019-Q1&organisation=U0&format=csv")).decode("utf-8-sig").splitlines()
    assert data[0].startswith("Organisation,Name,Period,On time,Taken at once,Repeated people,Verification yield,")
    assert data[1].startswith("U0,University 0,2019-Q1,0.0,")


def test_the_api_goes_further_back_narrows_and_sorts(house: list[Organisation]) -> None:
    officer: Any = client_of(OfficerFactory())

    def asked(**query: Any) -> list[tuple[str, str]]:
        answer = officer.get(f"{API}scorecards/", query)
        assert answer.status_code == 200, answer.content
        return [(one["organisation"], one["period"]) for one in answer.json()["results"]]

    assert len(asked(organisation="COMPANY")) == 4, "the last four, a month among them"
    assert len(asked(organisation="COMPANY", last=8)) == 5
    assert [period for _code, period in asked(organisation="U0", last=2)] == ["2019-Q2", "2019-Q1"]
    assert asked(organisation="U0", due_to="2018-12-31") == [("U0", "2018-Q3")]
    assert asked(kind="employer", frequency="month") == [("COMPANY", "2019-06")]
    assert ("U0", "2019-Q2") in asked(latest="true")
    assert asked(period="2019-Q1", sort="on_time", limit=1) == [("U0", "2019-Q1")]
    page = officer.get(f"{API}scorecards/", {"period": "2019-Q1", "limit": 5}).json()
    assert len(officer.get(page["next"]).json()["results"]) == 2
    for wrong in ({"last": 0}, {"last": 25}, {"sort": "height"}, {"kind": "club"}, {"latest": "perhaps"}):
        assert officer.get(f"{API}scorecards/", wrong).status_code == 400, wrong
    assert b"U0" in b"".join(officer.get(f"{API}scorecards/", {"format": "csv"}).streaming_content)


def test_more_organisations_ask_no_more_of_the_database(house: list[Organisation]) -> None:
    officer = Reader(OfficerFactory())

    def asked(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert officer.get(path).status_code == 200
        return len(queries)

    paths = (PAGE, f"{PAGE}U0/")
    few = [min(asked(path) for _ in range(2)) for path in paths]
    with scope.everything():
        known = list(Period.objects.filter(frequency="quarter"))
    for n in range(6, 12):
        body = OrganisationFactory(code=f"U{n}", kind="university")
        for period in known:
            owe(body, period, "reported", on_time=True)
    assert [min(asked(path) for _ in range(2)) for path in paths] == few


STATES = some.sampled_from(
    [("missing", None), ("excused", None)]
    + [(state, on) for state in ("reported", "confirmed_zero") for on in (True, False)]
)
# So many days from today the report falls due, so many more were granted, and what became of it.
OWED = some.tuples(some.integers(-4, 3), some.integers(0, 5), STATES)


@pytest.fixture
def reader() -> User:
    return OfficerFactory()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(books=some.lists(some.lists(OWED, min_size=3, max_size=3), min_size=1, max_size=4))
def test_on_time_is_what_the_rates_say(
    reader: User, books: list[list[tuple[int, int, tuple[str, bool | None]]]]
) -> None:
    """Over whatever became of reports, extended ones among them, the mean of the cards is the rate of the reports."""
    with scope.everything():
        today = bureau.today()
        known = [
            PeriodFactory(code=f"H{n}", starts_on=today - dt.timedelta(days=90), ends_on=today, due_on=today)
            for n in range(3)
        ]
        for n, rows in enumerate(books):
            body = OrganisationFactory(code=f"H{n}")
            for period, (days, more, (state, on_time)) in zip(known, rows, strict=True):
                Obligation.objects.create(
                    organisation=body,
                    period=period,
                    due_on=today + dt.timedelta(days=days + more),
                    state=state,
                    on_time=on_time,
                    settled_at=None if state == "missing" else bureau.now(),
                )
        owed = due_over(periods.obligations(reader)).filter(period__in=known)
        over = set(owed.values_list("organisation_id", "period_id"))
        told = [one for one in cards([one.pk for one in known]) if (one.organisation_id, one.period_id) in over]
        for by, key in ((By.ORGANISATION, "organisation_id"), (By.PERIOD, "period_id")):
            codes = dict((Organisation if by == By.ORGANISATION else Period).objects.values_list("pk", "code"))
            for row in rates(reader, by, owed):
                values = [one.on_time for one in told if codes[getattr(one, key)] == row["key"]]
                judged = [one for one in values if one is not None]
                assert len(judged) == row["expected"]
                assert sum(judged) == row["on_time"]
                mean = round(sum(judged) / len(judged), 4) if judged else None
                assert mean == row["on_time_rate"]
        assert selectors.scorecards(reader, owed, last=None) is not None
        transaction.set_rollback(True)

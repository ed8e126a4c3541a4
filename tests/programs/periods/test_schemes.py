"""Periods of their own shape: which they are, who owes them, and that plain ones are owed as before."""

import datetime as dt
import itertools
from typing import Any

import pytest
from django.test import Client

from backend.accounts import scope
from backend.audit.models import AuditEntry
from programs.periods import services as periods
from programs.periods.models import Obligation, Period, PeriodScheme
from programs.periods.schemes import scheme_spans
from tests.factories import OfficerFactory, OrganisationFactory, PartnerFactory, ProgrammeFactory
from tests.support.browsing import faults, signed_in, words
from tests.support.partner import API, client_of

pytestmark = pytest.mark.django_db
SCHEMES = f"{API}period-schemes/"
BODY: dict[str, Any] = {
    "code": "OWN21",
    "name_zh": "自21日起",
    "frequency": "month",
    "first_day": 21,
    "working_days_after_end": 5,
    "starts_on": "2019-01-21",
    "ends_on": "2019-04-20",
}


class Partners:
    """A and B take part in P, B also in Q, and everybody reports by plain months from January to April 2019."""

    def __init__(self) -> None:
        self.a, self.b = OrganisationFactory(code="A"), OrganisationFactory(code="B")
        ProgrammeFactory(code="P", organisations=[self.a, self.b])
        ProgrammeFactory(code="Q", organisations=[self.b])
        with scope.everything():
            periods.generate_periods(
                actor=None,
                frequency="month",
                first=dt.date(2019, 1, 1),
                last=dt.date(2019, 4, 30),
                working_days_after_end=10,
            )
        self.api = client_of(OfficerFactory())

    def lay_down(self, **body: Any) -> Any:
        return self.api.post(SCHEMES, {**BODY, **body}, format="json")

    def owed(self, organisation: str) -> list[str]:
        with scope.everything():
            rows = Obligation.objects.filter(organisation__code=organisation).order_by("period__starts_on")
            return list(rows.values_list("period__code", flat=True))


@pytest.fixture
def partners() -> Partners:
    return Partners()


PLAIN = [f"2019-0{month}" for month in (1, 2, 3, 4)]


@pytest.mark.parametrize(
    ("frequency", "first_day", "first_month", "wanted"),
    [
        ("month", 21, 1, [("2019-02", "01-21", "02-20"), ("2019-03", "02-21", "03-20"), ("2019-04", "03-21", "04-20")]),
        ("month", 1, 1, [("2019-01", "01-01", "01-31"), ("2019-02", "02-01", "02-28")]),
        ("quarter", 21, 12, [("2019-03", "12-21", "03-20"), ("2019-06", "03-21", "06-20")]),
        ("half_year", 26, 6, [("2019-06", "12-26", "06-25")]),
        ("year", 1, 9, [("2019-08", "09-01", "08-31")]),
    ],
)
def test_the_periods_of_a_scheme(frequency: str, first_day: int, first_month: int, wanted: list[Any]) -> None:
    starts_on = dt.date(2019, 1, 21) if frequency == "month" and first_day == 21 else dt.date(2019, 1, 1)
    scheme = PeriodScheme(
        code="S",
        frequency=frequency,
        first_day=first_day,
        first_month=first_month,
        starts_on=starts_on,
        ends_on=dt.date(2019, 12, 31),
    )
    spans = list(scheme_spans(scheme))
    assert [(span.code, f"{span.starts_on:%m-%d}", f"{span.ends_on:%m-%d}") for span in spans][: len(wanted)] == [
        (f"S-{code}", first, last) for code, first, last in wanted
    ]
    for one, following in itertools.pairwise(spans):
        assert following.starts_on - one.ends_on == dt.timedelta(days=1)
    assert spans[0].starts_on <= starts_on <= spans[0].ends_on
    assert spans[-1].starts_on <= scheme.ends_on <= spans[-1].ends_on


def test_only_the_organisation_that_it_covers_owes_them(partners: Partners) -> None:
    answer = partners.lay_down(organisation="A")
    assert answer.status_code == 201, answer.content
    own = ["OWN21-2019-02", "OWN21-2019-03", "OWN21-2019-04"]
    assert partners.owed("A") == ["2019-01", own[0], "2019-02", own[1], "2019-03", own[2], "2019-04"]
    assert partners.owed("B") == PLAIN
    with scope.everything():
        assert Period.objects.get(code=own[1]).due_on == dt.date(2019, 3, 27), "five working days after 20 March"
        assert set(Period.objects.filter(code__in=PLAIN).values_list("scheme", flat=True)) == {None}


def test_whoever_takes_part_in_the_programme_that_it_covers_owes_them(partners: Partners) -> None:
    partners.lay_down(programme="Q")
    assert len(partners.owed("B")) == 4 + 3
    assert partners.owed("A") == PLAIN


def test_in_place_of_the_plain_periods_that_lie_within_it(partners: Partners) -> None:
    partners.lay_down(organisation="A", instead=True)
    # January began before the scheme, April ends after it: these days are no others' to report.
    assert partners.owed("A") == ["2019-01", "OWN21-2019-02", "OWN21-2019-03", "OWN21-2019-04", "2019-04"]
    assert partners.owed("B") == PLAIN


def test_for_a_programme_in_place_leaves_what_is_owed_for_another(partners: Partners) -> None:
    partners.lay_down(programme="P", instead=True)
    assert "2019-02" not in partners.owed("A")
    assert "2019-02" in partners.owed("B"), "B owes it for Q"


def test_longer_opens_more_and_shorter_is_owed_no_more(partners: Partners) -> None:
    partners.lay_down(organisation="A")
    address = f"{SCHEMES}OWN21/"
    assert partners.api.patch(address, {"ends_on": "2019-05-20"}, format="json").status_code == 200
    assert "OWN21-2019-05" in partners.owed("A")
    assert partners.api.patch(address, {"ends_on": "2019-03-20"}, format="json").status_code == 200
    assert [code for code in partners.owed("A") if code.startswith("OWN")] == ["OWN21-2019-02", "OWN21-2019-03"]
    with scope.everything():
        told = AuditEntry.objects.filter(action__startswith="period_scheme.").order_by("pk")
        assert [one.action for one in told] == ["period_scheme.create", *["period_scheme.change"] * 2]
    before = AuditEntry.objects.count()
    assert partners.api.patch(address, {"ends_on": "2019-03-20"}, format="json").status_code == 200
    assert AuditEntry.objects.count() == before


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"organisation": "A", "programme": "P"}, 400),
        ({"organisation": "A", "first_day": 29}, 400),
        ({"organisation": "A", "ends_on": "2018-01-01"}, 400),
        ({"organisation": "A", "ends_on": "2060-01-01"}, 400),
        ({"organisation": "A", "code": "2019"}, 201),
    ],
)
def test_what_cannot_be_is_refused(partners: Partners, body: dict[str, Any], status: int) -> None:
    assert partners.lay_down(**body).status_code == status


def test_a_scheme_is_laid_down_once_and_hides_no_period(partners: Partners) -> None:
    assert partners.lay_down(organisation="A").status_code == 201
    again = partners.lay_down(organisation="A")
    assert (again.status_code, again.json()["type"].rsplit("/")[-1]) == (409, "already_exists")
    body = {"code": "TAKEN-2019-02", "starts_on": "2019-01-01", "ends_on": "2019-01-31", "due_on": "2019-02-10"}
    assert partners.api.post(f"{API}periods/", body, format="json").status_code == 201
    assert partners.lay_down(organisation="A", code="TAKEN").status_code == 409


def test_others_learn_nothing_of_it(partners: Partners) -> None:
    partners.lay_down(organisation="A")
    a, b = (client_of(PartnerFactory(organisation=one)) for one in (partners.a, partners.b))

    def seen(client: Any) -> set[str]:
        return {one["code"] for one in client.get(f"{API}periods/").json()["results"]}

    assert "OWN21-2019-02" in seen(a)
    assert seen(b) == set(PLAIN)
    assert b.get(f"{SCHEMES}OWN21/").status_code == b.get(f"{API}periods/OWN21-2019-02/").status_code == 404
    assert a.get(f"{SCHEMES}OWN21/").json()["organisation"] == "A"
    with scope.within(partners.b.pk):
        assert not Period.objects.filter(code__startswith="OWN").exists()
        assert not PeriodScheme.objects.exists()
    with scope.within(partners.a.pk):
        assert Period.objects.filter(code__startswith="OWN").count() == 3


def test_the_pages(partners: Partners) -> None:
    officer: Client = signed_in(OfficerFactory())
    assert "No scheme yet" in words(officer.get("/period-schemes/"))
    form = {**BODY, "organisation": "A", "first_month": "1", "working_days": "5"}
    assert "Name one of them" in str(faults(officer.post("/period-schemes/new/", {**form, "organisation": ""})))
    answer = officer.post("/period-schemes/new/", form)
    assert answer["Location"] == "/period-schemes/OWN21/"
    said = words(officer.get(answer["Location"]))
    assert "OWN21-2019-03" in said
    assert "2019-03-27" in said
    change = {"name_zh": "改名", "name_en": "", "ends_on": "2019-05-20"}
    assert officer.post("/period-schemes/OWN21/", change).status_code == 303
    assert "OWN21-2019-05" in words(officer.get("/period-schemes/OWN21/"))
    clerk = signed_in(PartnerFactory(organisation=partners.a))
    assert "New scheme" not in words(clerk.get("/period-schemes/"))

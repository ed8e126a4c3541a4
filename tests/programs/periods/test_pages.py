"""The pages of periods."""

import datetime as dt

import pytest
from django.test import Client

from backend.accounts import scope
from backend.audit.models import AuditEntry
from programs.periods.models import Period
from tests.factories import OfficerFactory, PartnerFactory, PeriodFactory
from tests.support.browsing import faults, signed_in, words

pytestmark = pytest.mark.django_db
GENERATE = "/periods/generate/"
QUARTERS = {"frequency": "quarter", "first": "2019-01-01", "last": "2019-12-31", "working_days_after_end": "10"}


@pytest.fixture
def officer() -> Client:
    return signed_in(OfficerFactory())


def test_generating_twice_says_nothing_new(officer: Client) -> None:
    answer = officer.post(GENERATE, QUARTERS)
    assert (answer.status_code, answer["Location"]) == (303, "/periods/?frequency=quarter")
    said = words(officer.get(answer["Location"]))
    assert "4 periods are open now: 2019-Q1, 2019-Q2, 2019-Q3, 2019-Q4." in said
    assert "2019-04-15" in said
    assert officer.post(GENERATE, QUARTERS).status_code == 303
    said = words(officer.get("/periods/"))
    assert "Nothing new: 4 periods were there already and stay as they are." in said
    assert Period.objects.count() == 4


def test_an_estimated_due_day_is_said_and_can_be_confirmed(officer: Client) -> None:
    officer.post(GENERATE, {**QUARTERS, "first": "2031-01-01", "last": "2031-03-31"})
    said = words(officer.get("/periods/"))
    assert "Estimated due days" in said
    page = "/periods/2031-Q1/"
    assert "The due day is an estimate" in words(officer.get(page))
    days = dict(Period.objects.values("starts_on", "ends_on", "due_on").get(code="2031-Q1"))
    officer.post(page, {**days, "ends_on": "2031-03-30"})
    assert Period.objects.get(code="2031-Q1").provisional, "another day was changed, and the due day was not looked at"
    assert officer.post(page, {**days, "confirmed": "1"}).status_code == 303
    assert not Period.objects.get(code="2031-Q1").provisional


def test_refusals_stand_beside_their_field(officer: Client) -> None:
    assert list(faults(officer.post(GENERATE, {**QUARTERS, "last": "2018-01-01"}))) == ["last"]
    assert list(faults(officer.post(GENERATE, {**QUARTERS, "working_days_after_end": "999"}))) == [
        "working_days_after_end"
    ]
    PeriodFactory()
    new = {"code": "2019-Q1", "starts_on": "2019-01-01", "ends_on": "2019-03-31", "due_on": "2019-04-15"}
    assert "exists already" in faults(officer.post("/periods/new/", new))["__all__"][0]
    assert "exists already" in faults(officer.post("/periods/new/", {**new, "code": "2019-q1"}))["__all__"][0]
    found = faults(officer.post("/periods/new/", {**new, "code": "X", "due_on": "2018-12-31"}))
    assert found == {"due_on": ["Nothing can be due before the period has begun."]}


def test_a_span_of_its_own_kind(officer: Client) -> None:
    new = {"code": "2019-MAR-21", "starts_on": "2019-02-21", "ends_on": "2019-03-20", "due_on": "2019-04-01"}
    answer = officer.post("/periods/new/", new)
    assert answer["Location"] == "/periods/2019-MAR-21/"
    assert "Other span" in words(officer.get(answer["Location"]))


def test_locking_needs_a_reason_and_stops_changes(officer: Client) -> None:
    PeriodFactory()
    page = "/periods/2019-Q1/"
    assert officer.post(f"{page}lock/", {"reason": "  "}).status_code == 303
    assert "Give a reason" in words(officer.get(page))
    assert Period.objects.get(code="2019-Q1").locked_at is None
    officer.post(f"{page}lock/", {"reason": "季度结账"})
    said = words(officer.get(page))
    assert "is locked: nothing more is submitted for it" in said
    assert "Unlock the period" in said
    days = {"starts_on": "2019-01-01", "ends_on": "2019-03-31", "due_on": "2019-04-20"}
    assert "Unlock it first" in faults(officer.post(page, days))["__all__"][0]
    officer.post(f"{page}unlock/", {"reason": "补报"})
    assert officer.post(page, days).status_code == 303
    assert Period.objects.get(code="2019-Q1").due_on == dt.date(2019, 4, 20)
    with scope.everything():
        reasons = (
            AuditEntry.objects.filter(subject_type="period").order_by("pk").values_list("detail__reason", flat=True)
        )
        assert [one for one in reasons if one] == ["季度结账", "补报"]


def test_fields_left_empty_choose_nothing(officer: Client) -> None:
    PeriodFactory()
    assert len(officer.get("/periods/?frequency=&on=&locked=false").context["rows"]) == 1
    assert len(officer.get("/periods/?frequency=month&frequency=quarter").context["rows"]) == 1
    assert len(officer.get("/periods/?frequency=month&on=&locked=").context["rows"]) == 0


def test_others_read_them() -> None:
    PeriodFactory()
    clerk = signed_in(PartnerFactory())
    listed = clerk.get("/periods/")
    assert "2019-Q1" in words(listed)
    assert "/periods/generate/" not in listed.content.decode()
    said = clerk.get("/periods/2019-Q1/")
    assert "2019-04-15" in words(said)
    assert '<form class="card"' not in said.content.decode()

"""What an organisation that is closed or merged owes: worked by hand, and by the API as its users meet it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from backend.accounts import scope
from backend.accounts.history import services as history
from backend.accounts.models import Organisation
from programs.periods import services as periods
from programs.periods.expected import expect_obligations
from programs.periods.models import Obligation
from programs.records.models import Record
from programs.reminders.models import Reminder
from programs.reminders.services import lay_out, tick
from tests.factories import OfficerFactory, OrganisationFactory, ProgrammeFactory
from tests.support.http import Caller, code_of, get
from tests.support.partner import Partner

pytestmark = pytest.mark.django_db
YEAR = dt.date(2030, 1, 1), dt.date(2030, 12, 31)


def owed(organisation: Organisation) -> dict[str, tuple[str, str]]:
    with scope.everything():
        rows = Obligation.objects.filter(organisation=organisation).select_related("period")
        return {one.period.code.removeprefix("2030-"): (one.state, one.reason) for one in rows}


@pytest.fixture
def school() -> Organisation:
    """It owes the four quarters of 2030, each ten working days after its end."""
    school: Organisation = OrganisationFactory(
        code="SCHOOL", contacts=[{"name": "王芳", "role": "submitter", "email": "w@example.com"}]
    )
    ProgrammeFactory(organisations=[school], starts_on=YEAR[0], ends_on=YEAR[1])
    with scope.everything():
        periods.generate_periods(
            actor=None, frequency="quarter", first=YEAR[0], last=YEAR[1], working_days_after_end=10
        )
    return school


@pytest.fixture
def officer() -> Caller:
    return signed_in()


def signed_in() -> Caller:
    """An officer, whose token is good from the moment that the clock shows."""
    return Caller(OfficerFactory(), **{"accept-language": "en"})


def close(organisation: Organisation, on: dt.date) -> Any:
    with scope.everything():
        return history.close(actor=None, organisation=organisation, on=on, reason="撤销建制")


MISSING, OFF = ("missing", ""), ("excused", "撤销建制")


def test_what_reaches_into_the_time_after_it_is_called_off_at_once_and_owed_again_if_it_is_taken_back(
    school: Organisation, clock: Any
) -> None:
    set_day(clock, dt.date(2030, 5, 2))
    act = close(school, dt.date(2030, 7, 8))
    assert owed(school) == {"Q1": MISSING, "Q2": MISSING, "Q3": OFF, "Q4": OFF}, "the second quarter ends before it"
    with scope.everything():
        history.withdraw(actor=None, change=act, reason="不撤了")
    assert owed(school) == dict.fromkeys(["Q1", "Q2", "Q3", "Q4"], MISSING)


def test_once_the_day_has_come_what_was_not_due_is_called_off_and_what_was_overdue_stays(
    school: Organisation, clock: Any
) -> None:
    set_day(clock, dt.date(2030, 5, 2))
    close(school, dt.date(2030, 7, 8))
    set_day(clock, dt.date(2030, 7, 8))
    expect_obligations()
    assert owed(school) == {"Q1": MISSING, "Q2": OFF, "Q3": OFF, "Q4": OFF}
    assert expect_obligations().called_off == 0


def test_nothing_more_is_expected_of_it(school: Organisation) -> None:
    with scope.everything():
        close(school, dt.date(2031, 1, 1))
        periods.generate_periods(
            actor=None,
            frequency="month",
            first=dt.date(2030, 12, 1),
            last=dt.date(2030, 12, 31),
            working_days_after_end=5,
        )
        Obligation.objects.all().delete()
        history.withdraw(actor=None, change=school.changes.get(kind="closed"), reason="改日期", correction=True)
        close(school, dt.date(2030, 12, 31))
        Obligation.objects.all().delete()
        expect_obligations()
    assert owed(school) == {"Q1": MISSING, "Q2": MISSING, "Q3": MISSING}


def test_nobody_is_reminded_for_it_any_more(school: Organisation, clock: Any) -> None:
    set_day(clock, dt.date(2030, 4, 10))
    with scope.everything():
        lay_out()
        assert Reminder.objects.filter(obligation__period__code="2030-Q1", state="scheduled").exists()
    close(school, dt.date(2030, 4, 17))  # the first quarter was due on the 15th
    set_day(clock, dt.date(2030, 4, 25))
    with scope.everything():
        expect_obligations()
        tick()
        told = Reminder.objects.filter(obligation__period__code="2030-Q1")
        assert set(told.values_list("state", flat=True)) == {"cancelled"}
        [overdue] = Obligation.objects.filter(state="missing")
    officer = signed_in()
    refused = officer.post(f"obligations/{overdue.pk}/remind/")
    assert (refused.status_code, code_of(refused)) == (409, "organisation_closed")
    assert officer.post(f"obligations/{overdue.pk}/excuse/", {"reason": "已撤销"}, format="json").status_code == 200


def test_what_was_called_off_is_told_to_whoever_closes_it(school: Organisation, clock: Any) -> None:
    set_day(clock, dt.date(2030, 5, 2))
    rows = get(signed_in(), "organisations/SCHOOL/foretold/", on="2030-07-08")["results"]
    assert {one["code"]: one["count"] for one in rows}["obligations"] == 2
    close(school, dt.date(2030, 7, 8))
    assert [state for state, _reason in owed(school).values()].count("excused") == 2


def test_what_reports_for_it_is_refused_in_words_and_its_people_stay_counted(
    run_jobs: Callable[[], int], officer: Caller
) -> None:
    partner = Partner(run_jobs)
    partner.report([partner.row(1)])
    waiting = partner.send([partner.row(2)])["id"]
    successor = OrganisationFactory(code="SUCCESSOR")
    clerk = Caller(partner.clerk, **{"accept-language": "en"})
    with scope.everything():
        records = set(Record.objects.values_list("pk", "organisation"))
        history.merge(
            actor=None, organisation=partner.organisation, into=successor, on=dt.date(2020, 1, 1), reason="合并"
        )
    body = {"period": partner.period.code, "records": [partner.row(3)]}
    refused = clerk.post("submissions/", body, format="json")
    assert (refused.status_code, code_of(refused)) == (403, "organisation_closed")
    refused = officer.post("submissions/", {**body, "organisation": partner.organisation.code}, format="json")
    assert (refused.status_code, code_of(refused)) == (409, "organisation_closed")
    assert "SUCCESSOR" in refused.json()["detail"]
    assert code_of(officer.post(f"submissions/{waiting}/confirm/")) == "organisation_closed"
    ledger = {**body, "organisation": partner.organisation.code, "opening": True}
    assert officer.post("submissions/", ledger, format="json").status_code == 202, "what it reported while it was there"
    assert clerk.get(f"submissions/{waiting}/").status_code == 200
    with scope.everything():
        assert set(Record.objects.values_list("pk", "organisation")) == records


def test_a_cohort_begins_only_while_its_organisation_is_there(run_jobs: Callable[[], int], officer: Caller) -> None:
    partner = Partner(run_jobs)
    with scope.everything():
        close(partner.organisation, dt.date(2019, 3, 1))
    body = {"programme": partner.programme.code, "organisation": partner.organisation.code, "ends_on": "2019-04-30"}
    refused = officer.post("cohorts/", {**body, "code": "LATE", "starts_on": "2019-03-01"}, format="json")
    assert [(one["field"], one["code"]) for one in refused.json()["errors"]] == [
        ("organisation", "organisation_closed")
    ]
    assert (
        officer.post("cohorts/", {**body, "code": "SOON", "starts_on": "2019-02-28"}, format="json").status_code == 201
    )
    assert officer.patch("cohorts/SOON/", {"capacity": 3}, format="json").status_code == 200


def set_day(clock: Any, day: dt.date) -> None:
    """It is noon of that day at the bureau."""
    noon = dt.datetime.combine(day, dt.time(12), dt.timezone(dt.timedelta(hours=8)))
    clock.shift(seconds=(noon - dt.datetime.now(dt.UTC)).total_seconds())

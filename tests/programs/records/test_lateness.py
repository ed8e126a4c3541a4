"""The second clock, by the case worked by hand in ``docs/rates.md``, and by which report a person is judged."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from backend.accounts import scope
from backend.accounts.models import Organisation
from programs.periods.models import Period
from programs.records.lateness import late_people
from programs.records.models import Record
from programs.submissions.models import Submission
from tests.factories import (
    CohortFactory,
    OfficerFactory,
    OrganisationFactory,
    PartnerFactory,
    PeriodFactory,
    RecordFactory,
    SubmissionFactory,
)
from tests.support.partner import API, Partner, client_of

pytestmark = pytest.mark.django_db


def second_quarter() -> Period:
    return PeriodFactory(
        code="2019-Q2", starts_on=dt.date(2019, 4, 1), ends_on=dt.date(2019, 6, 30), due_on=dt.date(2019, 7, 12)
    )


def reported(organisation: Organisation, submission: Submission, day: str, **values: Any) -> None:
    cohort = CohortFactory(code=f"{organisation.code}-2019", organisation=organisation)
    values = {"completed_on": dt.date.fromisoformat(day), **values}
    RecordFactory(organisation=organisation, submission=submission, cohort=cohort, **values)


@pytest.fixture
def university() -> Organisation:
    organisation = OrganisationFactory(code="U")
    submission = SubmissionFactory(organisation=organisation, period=second_quarter())
    for day in ("2019-03-29", "2019-01-01", "2018-12-31", "2019-04-01", "2019-05-10"):
        reported(organisation, submission, day)
    for state in ("rejected", "revoked", "withdrawn"):
        reported(organisation, submission, "2018-01-01", state=state)
    reported(organisation, submission, "2018-01-01", outcome="withdrawn")
    books = SubmissionFactory(organisation=organisation, period=second_quarter(), opening=True)
    reported(organisation, books, "2017-12-31")
    return organisation


def read(actor: Any, **asked: str) -> Any:
    answer = client_of(actor).get(f"{API}rates/late-people/", asked)
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def test_the_case_worked_by_hand(university: Organisation) -> None:
    figures = {"reported": 5, "late": 3, "late_rate": 0.6, "median_days": 90, "most_days": 91}
    officer = OfficerFactory()
    assert read(officer) == [{"key": "U", **figures}]
    assert read(officer, by="period") == [{"key": "2019-Q2", **figures}]
    [programme] = read(officer, by="programme")
    assert {name: programme[name] for name in figures} == figures
    assert read(officer, period="2019-Q1") == []


def test_a_partner_reads_its_own(university: Organisation) -> None:
    assert [row["key"] for row in read(PartnerFactory(organisation=university))] == ["U"]
    assert read(PartnerFactory()) == []
    other = PartnerFactory()
    with scope.within(other.organisation_id):
        assert late_people(OfficerFactory()) == [], "without the first wall the second still shows nothing"


def test_who_is_corrected_before_a_decision_is_judged_by_the_first_report(run_jobs: Callable[[], int]) -> None:
    partner = Partner(run_jobs)
    partner.report([partner.row(1, completed_on="2019-03-29")])
    later = second_quarter()
    first = partner.period
    partner.period = later
    partner.report(
        [partner.row(1, completed_on="2019-03-29", district="云岩区"), partner.row(2, completed_on="2019-03-29")]
    )
    with scope.everything():
        assert set(Record.objects.values_list("submission__period__code", flat=True)) == {later.code}
    rows = {row["key"]: (row["reported"], row["late"]) for row in read(OfficerFactory(), by="period")}
    assert rows == {first.code: (1, 0), later.code: (1, 1)}


def test_a_completion_that_is_added_later_is_judged_when_it_is_said(run_jobs: Callable[[], int]) -> None:
    partner = Partner(run_jobs)
    partner.report([partner.row(1, outcome="在读", completed_on="")])
    with scope.everything():
        # It was reported while it was under way, before the day of its completion.
        Record.objects.update(reported_at=dt.datetime(2019, 3, 1, tzinfo=dt.UTC))
    partner.period = second_quarter()
    partner.report([partner.row(1, completed_on="2019-03-29")])
    [row] = read(OfficerFactory(), by="period")
    assert (row["key"], row["late"], row["most_days"]) == ("2019-Q2", 1, 3)

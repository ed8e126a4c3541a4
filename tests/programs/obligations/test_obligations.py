"""Obligations by hand-worked cases: who owes what, what fulfils it, and whether it was in time."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from backend.accounts import scope
from programs.catalogue import services as catalogue
from programs.periods import services as periods
from programs.periods.expected import expect_obligations
from programs.periods.models import Obligation, Period
from tests.factories import (
    OfficerFactory,
    OrganisationFactory,
    PartnerFactory,
    PeriodFactory,
    ProgrammeFactory,
    SubmissionFactory,
)
from tests.support.partner import API, Partner, client_of

pytestmark = pytest.mark.django_db
QUARTERS: dict[str, Any] = {
    "frequency": "quarter",
    "first": dt.date(2019, 1, 1),
    "last": dt.date(2019, 12, 31),
    "working_days_after_end": 10,
}


def owed(**filters: Any) -> list[tuple[str, str, str]]:
    with scope.everything():
        rows = Obligation.objects.filter(**filters).order_by("organisation__code", "period__starts_on")
        return [(one.organisation.code, one.period.code, one.state) for one in rows.select_related()]


def generate() -> None:
    with scope.everything():
        periods.generate_periods(actor=None, **QUARTERS)


def test_who_takes_part_in_a_live_programme_owes_a_report() -> None:
    a, _idle = OrganisationFactory(code="A"), OrganisationFactory(code="B")
    ProgrammeFactory(organisations=[a], starts_on=dt.date(2019, 3, 31), ends_on=dt.date(2019, 7, 1))
    ProgrammeFactory(organisations=[a], starts_on=dt.date(2019, 5, 1), ends_on=dt.date(2019, 5, 31))
    generate()
    assert owed() == [("A", f"2019-Q{n}", "missing") for n in (1, 2, 3)]
    with scope.everything():
        assert {one.due_on for one in Obligation.objects.filter(period__code="2019-Q1")} == {dt.date(2019, 4, 15)}
    generate()
    assert expect_obligations().made == 0
    assert len(owed()) == 3


def test_changing_a_programme_lays_down_and_withdraws(run_jobs: Callable[[], int]) -> None:
    a, b = OrganisationFactory(code="A"), OrganisationFactory(code="B")
    generate()
    with scope.everything():
        programme = catalogue.create_programme(
            actor=None,
            code="P",
            name_zh="班",
            path="trained",
            organisations=[a],
            starts_on=dt.date(2019, 1, 1),
            ends_on=dt.date(2019, 6, 30),
        )
    run_jobs()
    assert owed() == [("A", "2019-Q1", "missing"), ("A", "2019-Q2", "missing")]
    with scope.everything():
        Obligation.objects.filter(period__code="2019-Q1").update(
            state="reported", settled_at=dt.datetime(2019, 4, 1, tzinfo=dt.UTC)
        )
        catalogue.change_programme(actor=None, programme=programme, organisations=[b], ends_on=dt.date(2019, 3, 31))
    run_jobs()
    assert owed() == [("A", "2019-Q1", "reported"), ("B", "2019-Q1", "missing")]


@pytest.mark.parametrize(
    ("received", "on_time"),
    [
        (dt.datetime(2019, 4, 15, 15, 59, tzinfo=dt.UTC), True),  # 23:59 of the due day in Guiyang
        (dt.datetime(2019, 4, 15, 16, 0, tzinfo=dt.UTC), False),  # midnight
    ],
)
def test_the_bureaus_day_of_the_upload_tells_whether_it_was_on_time(received: dt.datetime, on_time: bool) -> None:
    organisation = OrganisationFactory(code="A")
    ProgrammeFactory(organisations=[organisation])
    period = PeriodFactory()
    SubmissionFactory(organisation=organisation, period=period, received_at=received, accepted=0, unchanged=1)
    assert expect_obligations().fulfilled == 1
    with scope.everything():
        one = Obligation.objects.get()
        assert (one.state, one.on_time, one.settled_at) == ("reported", on_time, received)
        officer = OfficerFactory()
        periods.change_period(actor=officer, period=period, due_on=dt.date(2019, 4, 16))
        assert Obligation.objects.get().on_time is True


def test_a_submission_without_a_row_taken_fulfils_nothing() -> None:
    organisation = OrganisationFactory(code="A")
    ProgrammeFactory(organisations=[organisation])
    SubmissionFactory(organisation=organisation, status="rejected", rejected=3)
    expect_obligations()
    assert owed() == [("A", "2019-Q1", "missing")]


def test_committing_reports_and_the_api_shows_it(run_jobs: Callable[[], int]) -> None:
    partner = Partner(run_jobs)
    expect_obligations()
    sent = partner.report([partner.row(1)])
    [one] = partner.api.get(f"{API}obligations/", {"period": partner.period.code}).json()["results"]
    assert (one["state"], one["on_time"], one["submission"]) == ("reported", False, sent["id"])
    assert one["organisation"] == partner.organisation.code
    assert partner.api.get(f"{API}obligations/", {"on_time": "true"}).json()["results"] == []
    assert partner.api.get(f"{API}obligations/", {"on_time": "false"}).json()["results"] == [one]
    refused = partner.api.post(f"{API}obligations/{one['id']}/confirm-zero/")
    assert refused.status_code == 409


def missing() -> tuple[Obligation, Any, Any]:
    organisation = OrganisationFactory()
    ProgrammeFactory(organisations=[organisation])
    PeriodFactory()
    expect_obligations()
    with scope.everything():
        one = Obligation.objects.get(organisation=organisation)
    return one, client_of(PartnerFactory(organisation=organisation)), client_of(OfficerFactory())


def test_zero_is_confirmed_once_and_cannot_be_excused_then() -> None:
    one, partner, officer = missing()
    for _ in range(2):
        answer = partner.post(f"{API}obligations/{one.pk}/confirm-zero/")
        assert (answer.status_code, answer.json()["state"], answer.json()["on_time"]) == (200, "confirmed_zero", False)
    assert officer.post(f"{API}obligations/{one.pk}/excuse/", {"reason": "停办"}, format="json").status_code == 409


def test_an_excuse_needs_a_reason_and_an_officer() -> None:
    one, partner, officer = missing()
    address = f"{API}obligations/{one.pk}/excuse/"
    assert partner.post(address, {"reason": "停办"}, format="json").status_code == 403
    assert officer.post(address, {}, format="json").status_code == 400
    for _ in range(2):
        answer = officer.post(address, {"reason": "停办"}, format="json").json()
        assert (answer["state"], answer["on_time"], answer["reason"], answer["overdue"]) == (
            "excused",
            None,
            "停办",
            False,
        )
    assert partner.post(f"{API}obligations/{one.pk}/confirm-zero/").status_code == 409


def test_a_locked_period_refuses() -> None:
    one, partner, officer = missing()
    with scope.everything():
        periods.lock_period(actor=None, period=Period.objects.get(), reason="结账")
    answer = partner.post(f"{API}obligations/{one.pk}/confirm-zero/")
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[-1]) == (409, "period_locked")
    assert officer.post(f"{API}obligations/{one.pk}/excuse/", {"reason": "停办"}, format="json").status_code == 409


def test_others_obligations_do_not_exist() -> None:
    one, _partner, _officer = missing()
    user = PartnerFactory()
    stranger = client_of(user)
    assert stranger.get(f"{API}obligations/{one.pk}/").status_code == 404
    assert stranger.get(f"{API}obligations/").json()["results"] == []
    assert stranger.post(f"{API}obligations/{one.pk}/confirm-zero/").status_code == 404
    with scope.within(user.organisation_id):
        assert not Obligation.objects.exists()

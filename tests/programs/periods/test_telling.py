"""What partners hear of what they owe: by webhooks of every change, in the inbox of a later due day."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from backend.accounts import scope
from backend.messages.endpoints import services as endpoints
from backend.messages.endpoints.models import Endpoint
from programs.periods import extensions, telling
from programs.periods.expected import expect_obligations
from programs.periods.models import Extension, Obligation
from tests.backend.messages.places import endpoint
from tests.factories import (
    AdminFactory,
    BureauFactory,
    OfficerFactory,
    OrganisationFactory,
    PartnerFactory,
    PeriodFactory,
    ProgrammeFactory,
)
from tests.programs.review.test_telling import events, inbox

pytestmark = pytest.mark.django_db
DUE, LATER = dt.date(2087, 4, 15), dt.date(2087, 5, 6)
EVENTS = ["obligation.expected", "obligation.moved", "obligation.settled"]


@pytest.fixture
def house() -> dict[str, Any]:
    """Two universities that owe the report of a quarter to come; webhooks of the first one and of the bureau."""
    ours, theirs = OrganisationFactory(code="GZU"), OrganisationFactory(code="GUFE")
    for owner in (ours, BureauFactory()):
        endpoint("webhook", "https://hooks.example.org", organisation=owner, events=EVENTS)
    ProgrammeFactory(organisations=[ours, theirs], starts_on=dt.date(2087, 1, 1), ends_on=dt.date(2087, 12, 31))
    period = PeriodFactory(code="2087-Q1", starts_on=dt.date(2087, 1, 1), ends_on=dt.date(2087, 3, 31), due_on=DUE)
    expect_obligations()
    return {"ours": ours, "theirs": theirs, "period": period}


def extend(**values: Any) -> Extension:
    """What an officer grants."""
    with scope.everything():
        return extensions.extend(actor=OfficerFactory(), **values)


def withdraw(extension: Extension) -> None:
    with scope.everything():
        extensions.withdraw_extension(actor=OfficerFactory(), extension=extension, reason="误批")


def told(event: str) -> list[tuple[str, str]]:
    return sorted((one["data"]["organisation"], one["data"]["due_on"]) for one in events(event))


def test_what_is_owed_and_moves_is_told_once_each(house: dict[str, Any]) -> None:
    assert told("obligation.expected") == [("GUFE", str(DUE)), ("GZU", str(DUE)), ("GZU", str(DUE))]
    expect_obligations()
    assert len(told("obligation.expected")) == 3
    row = extend(period=house["period"], organisation=house["ours"], due_on=LATER, reason="停课")
    assert told("obligation.moved") == [("GZU", str(LATER))] * 2
    withdraw(row)
    extend(period=house["period"], organisation=house["ours"], due_on=LATER, reason="停课")
    assert told("obligation.moved") == [("GZU", str(DUE))] * 2 + [("GZU", str(LATER))] * 4


def test_where_nobody_wants_to_know_nothing_is_read(house: dict[str, Any], django_assert_num_queries: Any) -> None:
    with scope.everything():
        for one in Endpoint.objects.all():
            endpoints.update_endpoint(actor=AdminFactory(), endpoint=one, active=False)
        with django_assert_num_queries(2):
            assert telling.happened(telling.MOVED, Obligation.objects.values_list("pk", flat=True)[:1]) == 0


def test_who_is_granted_a_later_day_reads_of_it(house: dict[str, Any], run_jobs: Callable[[], int]) -> None:
    clerk = PartnerFactory(organisation=house["ours"], language="en")
    reader = PartnerFactory(organisation=house["ours"], read_only=True)
    other = PartnerFactory(organisation=house["theirs"], language="zh-hans")
    values = {"period": house["period"]}
    extend(**values, organisation=house["ours"], due_on=LATER, reason="停课")
    run_jobs()
    with scope.everything():
        mine = Obligation.objects.get(organisation=house["ours"])
    [(subject, text)] = inbox(clerk)
    assert subject == f"2087-Q1 is due on {LATER} now"
    assert "停课" in text
    assert f"/obligations/{mine.pk}/" in text
    assert inbox(reader) == inbox(other) == []
    # To all: those who still owe it, each in their own language; what was withdrawn meanwhile is told to nobody.
    extend(**values, organisation=None, due_on=LATER + dt.timedelta(days=7), reason="台风")
    gone = extend(**values, organisation=None, due_on=LATER + dt.timedelta(days=14), reason="误")
    withdraw(gone)
    run_jobs()
    run_jobs()
    assert len(inbox(clerk)) == 2
    [(subject, _text)] = inbox(other)
    assert "2087-Q1" in subject
    assert "is due" not in subject

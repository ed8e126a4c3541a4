"""Later due days as rows: what is owed follows, on time is judged by the extended day, reminders move."""

import datetime as dt
from typing import Any

import pytest
from django.db import ProgrammingError, transaction

from backend.accounts import scope
from backend.audit.models import AuditEntry
from programs.periods import services as periods
from programs.periods.expected import expect_obligations
from programs.periods.models import Extension, Obligation
from programs.reminders.models import Reminder
from programs.reminders.services import lay_out
from tests.factories import (
    ManagerFactory,
    OfficerFactory,
    OrganisationFactory,
    PartnerFactory,
    PeriodFactory,
    ProgrammeFactory,
    SubmissionFactory,
)
from tests.support.browsing import signed_in, words
from tests.support.partner import API, client_of

pytestmark = pytest.mark.django_db
DUE, LATER, LATEST = dt.date(2019, 4, 15), dt.date(2019, 4, 22), dt.date(2019, 4, 30)


class Owing:
    """Two partners that owe the first quarter of 2019, and an officer."""

    def __init__(self) -> None:
        contacts = [{"name": "王", "role": "submitter", "email": "wang@example.com"}]
        self.a, self.b = OrganisationFactory(code="A", contacts=contacts), OrganisationFactory(code="B")
        ProgrammeFactory(organisations=[self.a, self.b])
        self.period = PeriodFactory()
        expect_obligations()
        self.officer = OfficerFactory()
        self.api = client_of(self.officer)

    def due(self) -> dict[str, dt.date]:
        with scope.everything():
            return dict(Obligation.objects.values_list("organisation__code", "due_on"))

    def extend(self, day: dt.date, organisation: str | None = None, reason: str = "台风停课") -> Any:
        body = {"period": "2019-Q1", "organisation": organisation, "due_on": day.isoformat(), "reason": reason}
        return self.api.post(f"{API}extensions/", body, format="json")

    def withdraw(self, id: int, reason: str = "误批") -> Any:
        return self.api.post(f"{API}extensions/{id}/withdraw/", {"reason": reason}, format="json")


@pytest.fixture
def owing() -> Owing:
    return Owing()


def test_one_is_extended_and_the_other_is_not(owing: Owing) -> None:
    answer = owing.extend(LATER, "A")
    assert answer.status_code == 201, answer.content
    assert owing.due() == {"A": LATER, "B": DUE}
    owed = owing.api.get(f"{API}obligations/").json()["results"]
    assert {one["organisation"]: (one["due_on"], one["extended"]) for one in owed} == {
        "A": ("2019-04-22", True),
        "B": ("2019-04-15", False),
    }


def test_the_latest_of_all_that_concern_an_organisation_holds(owing: Owing) -> None:
    everyones = owing.extend(LATER).json()["id"]
    own = owing.extend(LATEST, "A").json()["id"]
    assert owing.due() == {"A": LATEST, "B": LATER}
    assert owing.withdraw(own).status_code == 200
    assert owing.due() == {"A": LATER, "B": LATER}
    owing.withdraw(everyones)
    assert owing.due() == {"A": DUE, "B": DUE}
    with scope.everything():
        told = AuditEntry.objects.filter(action__in=["period.extend", "period.withdraw_extension"]).order_by("pk")
        assert [(one.action, one.detail["organisation"], one.detail["reason"]) for one in told] == [
            ("period.extend", None, "台风停课"),
            ("period.extend", "A", "台风停课"),
            ("period.withdraw_extension", "A", "误批"),
            ("period.withdraw_extension", None, "误批"),
        ]
        kept = Extension.objects.order_by("pk").values_list("reason", "withdrawal_reason", "granted_by", "withdrawn_by")
        who = owing.officer.pk
        assert list(kept) == [("台风停课", "误批", who, who)] * 2


def test_who_joins_later_is_due_by_what_was_granted_to_all(owing: Owing) -> None:
    owing.extend(LATER)
    c = OrganisationFactory(code="C")
    ProgrammeFactory(organisations=[c])
    expect_obligations()
    assert owing.due()["C"] == LATER


def test_on_time_is_judged_by_the_extended_day_and_back_again(owing: Owing) -> None:
    received = dt.datetime(2019, 4, 22, 15, 59, tzinfo=dt.UTC)  # 23:59 of the extended day in Guiyang
    SubmissionFactory(organisation=owing.a, period=owing.period, received_at=received, accepted=1)
    expect_obligations()

    def on_time() -> bool | None:
        with scope.everything():
            return Obligation.objects.get(organisation=owing.a).on_time

    assert on_time() is False
    granted = owing.extend(LATER, "A").json()["id"]
    assert on_time() is True
    owing.withdraw(granted)
    assert on_time() is False


def test_reminders_move_with_the_day(owing: Owing, clock: Any) -> None:
    clock.shift(seconds=(dt.datetime(2019, 3, 1, 1, tzinfo=dt.UTC) - dt.datetime.now(dt.UTC)).total_seconds())

    def scheduled() -> dict[str, dt.datetime]:
        lay_out()
        with scope.everything():
            return dict(Reminder.objects.filter(state="scheduled").values_list("stage", "due_at"))

    before = scheduled()
    assert before
    owing.extend(LATER, "A")
    after = scheduled()
    assert after.keys() == before.keys()
    assert all(after[stage] > before[stage] for stage in before)


def test_a_day_that_is_no_later_is_refused(owing: Owing) -> None:
    def code(answer: Any) -> tuple[int, str]:
        body = answer.json()
        return answer.status_code, body["errors"][0]["code"] if "errors" in body else body["type"].rsplit("/")[-1]

    assert code(owing.extend(DUE)) == (400, "not_later")
    owing.extend(LATER)
    assert code(owing.extend(LATER, "A")) == (400, "not_later")
    assert code(owing.extend(dt.date(2101, 1, 1))) == (400, "beyond_calendar")
    OrganisationFactory(code="IDLE")
    assert code(owing.extend(LATEST, "IDLE")) == (400, "owes_nothing")
    assert code(owing.extend(LATEST, "NOBODY"))[0] == 400
    assert owing.extend(LATEST, reason=" ").status_code == 400
    with scope.everything():
        periods.lock_period(actor=owing.officer, period=owing.period, reason="结账")
    assert code(owing.extend(LATEST)) == (409, "period_locked")
    with scope.everything():
        assert Extension.objects.count() == 1


def test_withdrawing_twice_changes_nothing(owing: Owing) -> None:
    id = owing.extend(LATER).json()["id"]
    first = owing.withdraw(id).json()
    assert owing.withdraw(id, "再误").json() == first
    assert owing.extend(LATER).status_code == 201, "what was withdrawn can be granted anew"


def test_a_partner_reads_what_concerns_it_and_grants_nothing(owing: Owing) -> None:
    owing.extend(LATER)
    owing.extend(LATEST, "B")
    a = client_of(PartnerFactory(organisation=owing.a))
    [seen] = a.get(f"{API}extensions/").json()["results"]
    assert (seen["organisation"], seen["reason"], seen["granted_by"]) == (None, "台风停课", None)
    assert a.post(f"{API}extensions/", {}, format="json").status_code == 403
    assert client_of(ManagerFactory()).post(f"{API}extensions/", {}, format="json").status_code == 403
    with scope.within(owing.a.pk):
        assert list(Extension.objects.values_list("organisation", flat=True)) == [None]
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Extension.objects.create(period=owing.period, organisation=owing.a, due_on=LATEST, reason="自批")
    assert owing.api.get(f"{API}extensions/", {"organisation": "B", "in_force": "true"}).json()["results"][0][
        "due_on"
    ] == str(LATEST)


def test_the_page_grants_and_takes_back(owing: Owing) -> None:
    officer, page = signed_in(owing.officer), "/periods/2019-Q1/"
    assert "Nobody was granted a later day." in words(officer.get(page))
    officer.post(f"{page}extend/", {"organisation": "A", "due_on": "2019-04-15", "reason": "x"})
    assert "It is due on 2019-04-15 already" in words(officer.get(page))
    officer.post(f"{page}extend/", {"organisation": "", "due_on": "2019-04-22", "reason": ""})
    assert "This field is required" in words(officer.get(page))
    officer.post(f"{page}extend/", {"organisation": "A", "due_on": "2019-04-22", "reason": "台风停课"})
    said = words(officer.get(page))
    assert "台风停课" in said
    assert "in force" in said
    with scope.everything():
        row, owed = Extension.objects.get(), Obligation.objects.get(organisation=owing.a)
    assert "extended, from 2019-04-15" in words(officer.get(f"/obligations/{owed.pk}/"))
    clerk = signed_in(PartnerFactory(organisation=owing.a))
    assert "台风停课" in words(clerk.get(page))
    assert "/extend/" not in clerk.get(page).content.decode()
    other = signed_in(PartnerFactory(organisation=owing.b))
    assert "台风停课" not in words(other.get(page))
    officer.post(f"/extensions/{row.pk}/withdraw/", {"reason": "误批"})
    assert "误批" in words(officer.get(page))
    assert owing.due() == {"A": DUE, "B": DUE}

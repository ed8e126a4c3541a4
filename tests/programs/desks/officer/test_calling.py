"""The chase board where one calls: history, one-click notes, later due days, broken promises on top."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend import clock as bureau
from backend.accounts import scope
from backend.accounts.models import Organisation
from backend.messages import services as messages
from backend.messages.models import Delivery
from programs.contacting.models import CallNote
from programs.periods.models import Extension, Obligation
from programs.reminders.models import Reminder
from tests.factories import ManagerFactory, OfficerFactory, OrganisationFactory, PartnerFactory, ProgrammeFactory
from tests.programs.desks.officer.world import Reader, links, owed, saved, text

pytestmark = pytest.mark.django_db
BOARD = "/obligations/"


@pytest.fixture
def officer() -> Reader:
    return Reader(OfficerFactory(username="anna"))


@pytest.fixture
def partner() -> Organisation:
    contacts = [
        {"name": "段明远", "role": "leader", "email": "leader@example.com", "phone": ""},
        {"name": "岑若溪", "role": "填报人", "email": "clerk@example.com", "phone": "0851-8888 0000"},
    ]
    return OrganisationFactory(code="FIRST", name_en="First University", contacts=contacts)


def day(days: int) -> dt.date:
    return bureau.today() + dt.timedelta(days=days)


def calls() -> list[tuple[str, dt.date | None]]:
    with scope.everything():
        return list(CallNote.objects.order_by("pk").values_list("outcome", "promised_on"))


def test_a_call_is_noted_without_leaving_the_board(officer: Reader, partner: Organisation) -> None:
    late = owed(partner, -3)
    answer = officer.post(
        f"{BOARD}{late.pk}/calls/",
        {"outcome": "reached", "note": "They send it tonight.", "promised_on": str(day(1)), "next": BOARD},
        part=True,
    )
    assert answer.status_code == 200
    assert f'<tbody id="owed-{late.pk}"' in answer.content.decode()
    said = text(answer)
    assert "It is noted: First University was reached." in said
    assert "They send it tonight." in said
    assert "anna" in said
    assert calls() == [("reached", None)], "the day that stands in the form beforehand is no promise"
    assert "shugu:said" in answer["HX-Trigger"]


def test_a_refusal_keeps_what_was_typed(officer: Reader, partner: Organisation) -> None:
    late = owed(partner, -3)
    answer = officer.post(
        f"{BOARD}{late.pk}/calls/", {"outcome": "promised", "note": "soon", "promised_on": str(day(-1))}, part=True
    )
    assert answer.status_code == 400
    assert "Nobody promises a day that is over." in text(answer)
    assert 'value="soon"' in answer.content.decode()
    assert calls() == []


def test_without_scripts_it_leads_back(officer: Reader, partner: Organisation) -> None:
    late = owed(partner, -3)
    back = f"{BOARD}?overdue=true"
    answer = officer.post(f"{BOARD}{late.pk}/calls/", {"outcome": "not_reached", "next": back})
    assert (answer.status_code, answer["Location"]) == (303, back)
    assert "It is noted: First University was not reached." in officer.read(back)
    answer = officer.post(f"{BOARD}{late.pk}/calls/", {"outcome": ""})
    assert "Outcome: This field is required." in officer.read(answer["Location"])


def test_who_broke_a_promise_floats_up(clock: Any, officer: Reader, partner: Organisation) -> None:
    other = OrganisationFactory(name_en="Second University")
    longest, promised = owed(other, -30), owed(partner, -3)
    rows = rf"^{BOARD}\d+/$"
    officer.post(f"{BOARD}{promised.pk}/calls/", {"outcome": "promised", "promised_on": str(day(1))})
    first, second = f"{BOARD}{longest.pk}/", f"{BOARD}{promised.pk}/"
    overdue = officer.get(f"{BOARD}?overdue=true")
    assert links(overdue, rows) == [first, second]
    assert f"promised by {day(1)}" in text(overdue)
    assert "No promise is broken" in officer.read(f"{BOARD}?promise=broken")
    assert links(officer.get(f"{BOARD}?promise=open"), rows) == [second]
    clock.shift(days=2)
    officer = Reader(officer.user)
    for where in (f"{BOARD}?overdue=true", f"{BOARD}?state=missing", BOARD):
        assert links(officer.get(where), rows)[0] == second, where
    assert links(officer.get(f"{BOARD}?promise=broken"), rows) == [second]
    assert f"promised by {day(-1)}, broken" in officer.read(BOARD)
    assert officer.get(f"{BOARD}?promise=kept").status_code == 400
    page = officer.get(f"{BOARD}?overdue=true&limit=1")
    [following] = [one for one in links(page, "cursor=") if "format" not in one]
    assert links(officer.get(BOARD + following), rows) == [first], "the order goes on over the pages"
    with scope.everything():
        Obligation.objects.filter(pk=promised.pk).update(state="reported", settled_at=bureau.now(), on_time=False)
    assert "No promise is broken" in officer.read(f"{BOARD}?promise=broken")


def test_one_partner_is_given_longer_from_the_board(officer: Reader, partner: Organisation) -> None:
    other = owed(OrganisationFactory(), -3, code="2019-Q1")
    late = owed(partner, -3, code="2019-Q1")
    ProgrammeFactory(organisations=[partner, other.organisation], starts_on=day(-400), ends_on=day(400))
    answer = officer.post(f"{BOARD}{late.pk}/extend/", {"due_on": str(day(7)), "reason": "exams"}, part=True)
    said = text(answer)
    assert f"2019-Q1 is due on {day(7)} for First University." in said
    assert "in 7 days" in said
    with scope.everything():
        assert Extension.objects.get().organisation == partner
        assert Obligation.objects.get(pk=other.pk).due_on == other.due_on
    again = officer.post(f"{BOARD}{late.pk}/extend/", {"due_on": str(day(7)), "reason": "exams"}, part=True)
    assert "is due on" in text(again)
    assert again.status_code == 400
    assert "Reason: This field is required." in text(
        officer.post(f"{BOARD}{late.pk}/extend/", {"due_on": str(day(9)), "reason": " "}, part=True)
    )


def test_the_history_of_a_late_partner(officer: Reader, partner: Organisation) -> None:
    for place, (state, on_time) in enumerate(
        [("reported", True)] * 6 + [("reported", False), ("excused", None), ("confirmed_zero", True), ("missing", None)]
    ):
        settled = None if state == "missing" else bureau.now()
        last = owed(partner, -300 + 30 * place, state=state, on_time=on_time, settled_at=settled)
    with scope.everything():
        said_in_it = dict.fromkeys(("subject", "text", "html"), "Report")
        delivery = messages.post(
            key="k", organisation_id=partner.pk, recipient="clerk@example.com", language="en", **said_in_it
        )
        Delivery.objects.update(answer="550 no such user", state="failed")
        values = {"organisation": partner, "obligation": last, "language": "en", "due_at": bureau.now()}
        sent = {"recipient": "clerk@example.com", "state": "failed", "delivery": delivery}
        Reminder.objects.create(**values, **sent, stage="after_2", channel="email", audience="submitter")
        inbox = str(OfficerFactory(username="boss").pk)
        Reminder.objects.create(
            **values, recipient=inbox, state="sent", stage="bureau_8", channel="inbox", audience="bureau"
        )
    officer.post(f"{BOARD}{last.pk}/calls/", {"outcome": "wrong_contact", "note": "left in May"})
    said = officer.read(f"{BOARD}?overdue=true")
    assert "2 of 7 late" in said, "of the last eight, one of them excused"
    for words in ("550 no such user", "boss", "2 working days late", "left in May", "0851-8888 0000"):
        assert words in said
    assert said.index("岑若溪") < said.index("段明远"), "who reports before the leader"
    assert "boss" in officer.read("/reminders/"), "by name and not by number"
    page = officer.read(f"{BOARD}{last.pk}/")
    for words in ("left in May", "550 no such user", "boss"):
        assert words in page
    data = saved(officer.get(f"{BOARD}?overdue=true&format=csv")).decode("utf-8-sig")
    assert data.splitlines()[1].split(",")[-3:] == ["2 / 7", "Wrong contact", ""]


def test_a_manager_reads_and_a_partner_knows_of_nothing(officer: Reader, partner: Organisation) -> None:
    late = owed(partner, -3)
    officer.post(f"{BOARD}{late.pk}/calls/", {"outcome": "promised", "promised_on": str(day(1)), "note": "hush"})
    manager = Reader(ManagerFactory())
    said = manager.read(BOARD)
    assert "hush" in said
    assert "岑若溪" not in said, "whom to call is for who calls"
    assert "/calls/" not in manager.get(BOARD).content.decode()
    assert manager.post(f"{BOARD}{late.pk}/calls/", {"outcome": "reached"}).status_code == 403
    clerk = Reader(PartnerFactory(organisation=partner))
    for path in (BOARD, f"{BOARD}{late.pk}/", "/"):
        for words in ("hush", "promised by", "Promise"):
            assert words not in clerk.read(path)
    assert "Promised" not in saved(clerk.get(f"{BOARD}?format=csv")).decode("utf-8-sig")
    assert clerk.post(f"{BOARD}{late.pk}/calls/", {"outcome": "reached"}).status_code == 403
    assert links(clerk.get(f"{BOARD}?promise=open"), rf"^{BOARD}\d+/$") == []


def test_longer_histories_ask_no_more_of_the_database(officer: Reader) -> None:
    def asked(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert officer.get(path).status_code == 200
        return len(queries)

    def one_more(place: int) -> Obligation:
        contacts = [{"name": "岑若溪", "role": "submitter", "email": f"clerk{place}@example.com", "phone": ""}]
        late = owed(OrganisationFactory(contacts=contacts), -3)
        for outcome in ("reached", "not_reached"):
            officer.post(f"{BOARD}{late.pk}/calls/", {"outcome": outcome})
        officer.post(f"{BOARD}{late.pk}/remind/")
        return late

    late = one_more(0)
    paths = (f"{BOARD}?overdue=true", f"{BOARD}{late.pk}/")
    # Asked twice: what is kept for a second (the calendar) is looked after once in between.
    few = [min(asked(path) for _ in range(3)) for path in paths]
    for place in range(1, 6):
        one_more(place)
    assert [min(asked(path) for _ in range(3)) for path in paths] == few
    assert few[0] <= 33

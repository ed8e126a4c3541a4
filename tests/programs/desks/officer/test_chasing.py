"""The chase board, reminders, and what will go out."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend import clock
from backend.accounts import scope
from backend.accounts.models import Organisation
from programs.periods.models import Obligation
from programs.reminders.models import Reminder
from tests.factories import ManagerFactory, OfficerFactory, OrganisationFactory, PartnerFactory
from tests.programs.desks.officer.world import REASON, Reader, links, owed, saved, text

pytestmark = pytest.mark.django_db
BOARD = "/obligations/"


@pytest.fixture
def officer() -> Reader:
    return Reader(OfficerFactory())


@pytest.fixture
def partner() -> Organisation:
    contacts = [{"name": "岑若溪", "role": "submitter", "email": "clerk@example.com", "phone": ""}]
    return OrganisationFactory(name_en="First University", contacts=contacts)


def now(obligation: Obligation) -> Obligation:
    with scope.everything():
        return Obligation.objects.get(pk=obligation.pk)


def test_the_board_says_how_late_everybody_is(officer: Reader, partner: Organisation) -> None:
    late, soon = owed(partner, -3), owed(partner, 5)
    owed(
        OrganisationFactory(name_en="Second University"),
        -1,
        code=late.period.code,
        state="reported",
        settled_at=clock.now(),
        on_time=False,
    )
    said = officer.read(BOARD)
    for words in ("First University", "3 days late", "in 5 days", "Second University", "Reported late"):
        assert words in said
    overdue = officer.get(f"{BOARD}?overdue=true")
    assert links(overdue, rf"^{BOARD}\d+/$") == [f"{BOARD}{late.pk}/"]
    assert links(officer.get(f"{BOARD}?state=missing"), rf"^{BOARD}\d+/$") == [
        f"{BOARD}{one.pk}/" for one in (late, soon)
    ]


def test_the_summary_is_of_the_chosen_period(officer: Reader, partner: Organisation) -> None:
    first = owed(partner, -30, code="A")
    for state, on_time in (("reported", True), ("confirmed_zero", False), ("excused", None)):
        owed(OrganisationFactory(), -30, code="A", state=state, on_time=on_time, settled_at=clock.now())
    owed(partner, -2, code="B")
    said = officer.read(f"{BOARD}?period={first.period.code}")
    assert "Period A, due on" in said
    assert "Expected 3 Reported 2 66.7% On time 1 33.3% Excused 1 Missing 1 1 overdue" in said
    # The last period that is over, where none is chosen.
    assert "Period B, due on" in officer.read(BOARD)
    assert "Expected" not in Reader(PartnerFactory(organisation=partner)).read(BOARD)


def test_whom_to_call_is_beside_what_is_late_and_for_officers_alone(officer: Reader, partner: Organisation) -> None:
    late = owed(partner, -3)
    said = officer.read(f"{BOARD}{late.pk}/")
    assert "岑若溪" in said
    assert "clerk@example.com" in said
    clerk = Reader(PartnerFactory(organisation=partner))
    assert "岑若溪" not in clerk.read(f"{BOARD}{late.pk}/")


def test_a_partner_sees_its_own_and_what_it_can_do(partner: Organisation) -> None:
    mine = owed(partner, -3)
    owed(OrganisationFactory(name_en="Second University"), -3, code=mine.period.code)
    clerk = Reader(PartnerFactory(organisation=partner))
    answer = clerk.get(BOARD)
    said = text(answer)
    assert "Second University" not in said
    assert links(answer, r"^/submissions/new/\?") == [f"/submissions/new/?period={mine.period.code}"]
    assert f'action="{BOARD}{mine.pk}/confirm-zero/"' in answer.content.decode()
    assert "Remind now" not in said
    clerk.post(f"{BOARD}{mine.pk}/confirm-zero/", {"next": f"{BOARD}{mine.pk}/"})
    assert now(mine).state == "confirmed_zero"
    reader = Reader(PartnerFactory(organisation=partner, read_only=True))
    owed(partner, -2)
    assert "Nothing to report" not in reader.read(f"{BOARD}?state=missing")


def test_a_manager_only_reads(partner: Organisation) -> None:
    owed(partner, -3)
    assert '<form method="post" action="/obligations' not in Reader(ManagerFactory()).get(BOARD).content.decode()


def test_reminding_now_once_a_day(officer: Reader, partner: Organisation, run_jobs: Callable[[], int]) -> None:
    late = owed(partner, -3)
    answer = officer.post(f"{BOARD}{late.pk}/remind/", {"next": f"{BOARD}?overdue=true"})
    assert answer["Location"] == f"{BOARD}?overdue=true"
    said = officer.read(answer["Location"])
    assert "A reminder is on its way to clerk@example.com." in said
    assert "Being sent" in said
    again = officer.post(f"{BOARD}{late.pk}/remind/")
    assert "They were reminded by hand today already (clerk@example.com)" in officer.read(again["Location"])
    with scope.everything():
        assert Reminder.objects.filter(obligation=late).count() == 1
    story = officer.read(f"{BOARD}{late.pk}/")
    assert "Reminded by hand" in story


def test_who_cannot_be_written_to_is_said(officer: Reader) -> None:
    late = owed(OrganisationFactory(code="NOBODY"), -3)
    answer = officer.post(f"{BOARD}{late.pk}/remind/")
    assert "NOBODY has no contact with an e-mail address" in officer.read(answer["Location"])


def test_excusing_needs_a_reason_that_the_partner_reads(officer: Reader, partner: Organisation) -> None:
    late = owed(partner, -3)
    answer = officer.post(f"{BOARD}{late.pk}/excuse/", {"reason": " "})
    assert "Say why; the partner reads it." in officer.read(answer["Location"])
    assert now(late).state == "missing"
    answer = officer.post(f"{BOARD}{late.pk}/excuse/", {"reason": REASON})
    assert "First University is excused" in officer.read(answer["Location"])
    assert (now(late).state, now(late).reason) == ("excused", REASON)
    assert REASON in Reader(PartnerFactory(organisation=partner)).read(BOARD)
    twice = officer.post(f"{BOARD}{late.pk}/remind/")
    assert "there is nothing to remind of" in officer.read(twice["Location"])


def test_confirming_on_behalf_keeps_the_filter(officer: Reader, partner: Organisation) -> None:
    late = owed(partner, -3)
    answer = officer.post(f"{BOARD}{late.pk}/confirm-zero/", {"next": f"{BOARD}?overdue=true"})
    assert answer["Location"] == f"{BOARD}?overdue=true"
    assert now(late).state == "confirmed_zero"
    assert "Nobody is late" in officer.read(answer["Location"])


def test_a_locked_period_is_not_settled(officer: Reader, partner: Organisation) -> None:
    late = owed(partner, -3)
    with scope.everything():
        late.period.locked_at = clock.now()
        late.period.save()
    page = officer.get(f"{BOARD}{late.pk}/").content.decode()
    assert "/excuse/" not in page
    assert "/confirm-zero/" not in page
    assert "The period is locked" in Reader(PartnerFactory(organisation=partner)).read(BOARD)


def test_the_board_downloads(officer: Reader, partner: Organisation) -> None:
    late = owed(partner, -3)
    data = saved(officer.get(f"{BOARD}?format=csv")).decode("utf-8-sig")
    told = [partner.code, "First University", "Report of the period", late.period.code, str(late.due_on)]
    assert data.splitlines()[1].split(",")[:5] == told


def test_more_rows_ask_no_more_of_the_database(officer: Reader, partner: Organisation) -> None:
    def asked(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert officer.get(path).status_code == 200
        return len(queries)

    def more(days: int) -> None:
        one = owed(partner, days)
        officer.post(f"{BOARD}{one.pk}/remind/")

    more(-3)
    paths = (BOARD, "/reminders/", "/")
    # Asked twice: what is kept for a second (the calendar) is looked after once in between.
    few = [min(asked(path) for _ in range(2)) for path in paths]
    for days in range(4, 12):
        more(-days)
    assert [min(asked(path) for _ in range(2)) for path in paths] == few


def test_reminders_are_told_with_their_notes(officer: Reader, partner: Organisation) -> None:
    late = owed(partner, -3)
    officer.post(f"{BOARD}{late.pk}/remind/")
    with scope.everything():
        Reminder.objects.update(state="failed", note="given_up", attempts=8)
    said = officer.read("/reminders/")
    for words in ("Failed", "8 attempts", "The mail server could not take it, however often it was tried."):
        assert words in said
    assert "clerk@example.com" in officer.read("/reminders/?state=failed&state=unknown")
    assert "No reminder is found" in officer.read("/reminders/?state=sent")
    assert "clerk@example.com" not in Reader(PartnerFactory()).read("/reminders/")
    data = saved(officer.get("/reminders/?format=csv")).decode("utf-8-sig")
    assert "Reminded by hand" in data


def test_what_will_go_out_until_a_day(officer: Reader, partner: Organisation) -> None:
    owing = owed(partner, 20)
    until = clock.today() + dt.timedelta(days=40)
    answer = officer.get(f"/reminders/preview/?at={until}")
    said = text(answer)
    assert links(answer, rf"^{BOARD}\d+/$") == [f"{BOARD}{owing.pk}/"]
    for words in ("On the due day", "2 working days late", "clerk@example.com"):
        assert words in said
    assert "Nothing will go out until then" in officer.read(f"/reminders/preview/?at={clock.today()}")
    assert officer.get("/reminders/preview/?at=soon").status_code == 400
    assert officer.get("/reminders/preview/?at=2019-02-30").status_code == 400
    assert officer.get("/reminders/preview/?at=2030-01-01T00:00:00%2B08:00").status_code == 200
    mine = Reader(PartnerFactory(organisation=partner)).read(f"/reminders/preview/?at={until}")
    assert "The bureau" not in mine


@pytest.mark.parametrize("path", ["/obligations/?overdue=perhaps", "/reminders/?stat=sent", "/jobs/?kind=x&y=1"])
def test_an_unknown_filter_is_refused(officer: Reader, path: str) -> None:
    assert officer.get(path).status_code == 400


def test_of_another_organisation_nothing_is_there(partner: Organisation) -> None:
    late = owed(partner, -3)
    other: Any = Reader(PartnerFactory())
    assert other.get(f"{BOARD}{late.pk}/").status_code == 404
    assert other.post(f"{BOARD}{late.pk}/confirm-zero/").status_code == 404

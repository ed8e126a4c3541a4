"""What stands on the partner's desk, and in which order."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backend import clock as own_clock
from backend.accounts import scope
from programs.periods.models import Obligation, Period
from tests.factories import OrganisationFactory, PartnerFactory, PeriodFactory
from tests.support.partner import Partner

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def owed(partner: Partner, code: str, ends: dt.date, due: dt.date, **more: Any) -> Obligation:
    """A period of thirty days, still to be reported."""
    period = PeriodFactory(code=code, starts_on=ends - 29 * DAY, ends_on=ends, due_on=due, **more)
    with scope.everything():
        return Obligation.objects.create(organisation=partner.organisation, period=period, due_on=due)


def items(page: str) -> list[str]:
    """The periods on the desk, as plain text, in order."""
    part = page.split('id="due"', 1)[1].split("</section>", 1)[0]
    return [" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in re.split(r"<li[^>]*>", part)[1:]]


def test_the_most_urgent_comes_first_and_says_how_urgent_it_is(
    partner: Partner, browse: Callable[..., Client], clock: Any
) -> None:
    # A Wednesday with nothing but working days around it.
    clock.shift(days=(dt.date(2026, 6, 10) - own_clock.today()).days)
    today = own_clock.today()
    assert today == dt.date(2026, 6, 10)
    owed(partner, "2026-D", dt.date(2026, 6, 20), dt.date(2026, 7, 6))
    owed(partner, "2026-C", dt.date(2026, 5, 31), dt.date(2026, 6, 15))
    owed(partner, "2026-B", dt.date(2026, 5, 30), today)
    owed(partner, "2026-A", dt.date(2026, 5, 29), dt.date(2026, 6, 5))
    owed(partner, "2026-Z", dt.date(2026, 8, 31), dt.date(2026, 9, 14))
    found = items(browse(partner.clerk).get("/").content.decode())
    assert [one.split()[0] for one in found] == ["2026-A", "2026-B", "2026-C", "2026-D"], (
        "what has not begun is left out"
    )
    overdue, today_due, soon, running = found
    assert "Overdue since 2026-06-06" in overdue
    assert "due on 2026-06-05" in overdue
    assert "Due today" in today_due
    assert "In 3 working days" in soon
    assert "Still running" in running
    assert "Nothing to report" in soon
    assert "Nothing to report" not in running, "a period that is not over can hold something yet"


def test_a_reader_sees_it_all_and_is_offered_nothing(partner: Partner, browse: Callable[..., Client]) -> None:
    owed(partner, "2026-A", dt.date(2020, 5, 29), dt.date(2020, 6, 5))
    partner.send([partner.row(1, name="")])
    page = browse(PartnerFactory(organisation=partner.organisation, read_only=True)).get("/").content.decode()
    assert "2026-A" in page
    assert "Checked" in page
    for offer in ("/submissions/new/", "confirm-zero", "Continue"):
        assert offer not in page, offer


def test_a_locked_period_says_whom_to_ask(partner: Partner, browse: Callable[..., Client]) -> None:
    owed(partner, "2020-A", dt.date(2020, 5, 29), dt.date(2020, 6, 5), locked_at=own_clock.now())
    (item,) = items(browse(partner.clerk).get("/").content.decode())
    assert "Locked. Ask the bureau to reopen it." in item
    assert "Upload" not in item


def test_nothing_to_report_is_confirmed_and_taken_back_by_no_second_press(
    partner: Partner, browse: Callable[..., Client]
) -> None:
    obligation = owed(partner, "2020-A", dt.date(2020, 5, 29), dt.date(2020, 6, 5))
    client = browse(partner.clerk)
    for _again in range(2):
        page = client.post(f"/obligations/{obligation.pk}/confirm-zero/", follow=True)
        assert "has nothing to report for 2020-A" in page.content.decode()
    with scope.everything():
        obligation.refresh_from_db()
    assert obligation.state == Obligation.State.CONFIRMED_ZERO
    assert "Nothing is due" in client.get("/").content.decode()


def test_what_cannot_be_confirmed_is_said_on_the_desk(partner: Partner, browse: Callable[..., Client]) -> None:
    later = own_clock.today() + 10 * DAY
    obligation = owed(partner, "9999-A", later, later + DAY)
    page = browse(partner.clerk).post(f"/obligations/{obligation.pk}/confirm-zero/", follow=True).content.decode()
    assert "Confirm once it is over." in page
    assert 'role="alert"' in page


def test_uploads_that_wait_and_what_was_taken(partner: Partner, browse: Callable[..., Client]) -> None:
    taken = partner.report([partner.row(1), partner.row(2)])
    waiting = partner.send([partner.row(3), partner.row(4, name="")])
    owed(partner, "2019-Q2", dt.date(2019, 6, 30), dt.date(2019, 7, 15))
    page = browse(partner.clerk).get("/").content.decode()
    due, rest = page.split('id="waiting"')
    waits, rest = rest.split('id="states"')
    states, lately = rest.split('id="lately"')
    assert "1 good, 1 to mend" in waits
    assert f"/submissions/{waiting['id']}/" in waits
    assert f"/submissions/{taken['id']}/" in lately
    assert "2 rows taken" in lately
    assert ">2<" in states.split("Awaiting review", 1)[1].replace("\n", "")[:200]
    assert "2019-Q2" in due


def test_the_period_of_a_waiting_upload_leads_on_to_it(partner: Partner, browse: Callable[..., Client]) -> None:
    with scope.everything():
        Obligation.objects.create(
            organisation=partner.organisation, period=partner.period, due_on=partner.period.due_on
        )
    number = partner.send([partner.row(3)])["id"]
    (item,) = items(browse(partner.clerk).get("/").content.decode())
    assert f"Submission {number} for it: Checked" in item
    assert "Continue" in item
    assert "Upload" not in item


def test_nothing_of_another_organisation_is_seen(partner: Partner, browse: Callable[..., Client]) -> None:
    other = Partner(partner.run_jobs, OrganisationFactory())
    owed(other, "2020-A", dt.date(2020, 5, 29), dt.date(2020, 6, 5))
    number = other.send([other.row(3)])["id"]
    page = browse(partner.clerk).get("/").content.decode()
    assert "2020-A" not in page
    assert f"/submissions/{number}/" not in page


def test_more_rows_take_no_more_queries(partner: Partner, browse: Callable[..., Client]) -> None:
    client = browse(partner.clerk)

    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/").status_code == 200
        return len(seen)

    owed(partner, "2020-01", dt.date(2020, 1, 31), dt.date(2020, 2, 5))
    partner.send([partner.row(1)])
    client.get("/")
    few = asked()
    for month in range(2, 9):
        owed(partner, f"2020-0{month}", dt.date(2020, month, 28), dt.date(2020, month + 1, 5))
        partner.send([partner.row(month)])
    assert asked() == few
    assert Period.objects.count() > 8

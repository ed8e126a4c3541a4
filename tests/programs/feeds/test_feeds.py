"""A partner's due days at a secret address: what is in the calendar, how it is numbered, and who opens it."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar

from backend.accounts import scope
from backend.audit.models import AuditEntry
from programs.catalogue import services as catalogue
from programs.feeds.models import CalendarFeed, PublishedDay
from programs.periods import obligations
from programs.periods.expected import expect_obligations
from programs.periods.extensions import extend
from programs.periods.models import Obligation
from tests.factories import (
    AdminFactory,
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
FEEDS = f"{API}calendar-feeds/"
DUE, LATER = dt.date(2026, 10, 20), dt.date(2026, 11, 2)


class Subscribed:
    """A partner that owes the third quarter of 2026, and the address of its calendar."""

    def __init__(self) -> None:
        self.organisation = OrganisationFactory(code="GZU", name_zh="贵州大学", name_en="Guizhou University")
        self.programme = ProgrammeFactory(organisations=[self.organisation], ends_on=dt.date(2027, 12, 31))
        other = OrganisationFactory(code="OTHER", name_zh="别家", name_en="Somebody else")
        self.period = PeriodFactory(
            code="2026-Q3", starts_on=dt.date(2026, 7, 1), ends_on=dt.date(2026, 9, 30), due_on=DUE
        )
        expect_obligations()
        ProgrammeFactory(organisations=[other], starts_on=dt.date(2099, 1, 1), ends_on=dt.date(2099, 12, 31))
        PeriodFactory(
            code="2099-X", starts_on=dt.date(2099, 1, 1), ends_on=dt.date(2099, 3, 31), due_on=dt.date(2099, 4, 1)
        )
        expect_obligations()
        self.clerk = PartnerFactory(organisation=self.organisation)
        self.api = client_of(self.clerk)
        self.address = self.make()

    def make(self, **body: str) -> str:
        answer = self.api.post(FEEDS, {"language": "en", **body}, format="json")
        assert answer.status_code == 201, answer.content
        return answer.json()["address"]

    def read(self, address: str = "", **headers: str) -> Any:
        """As a calendar program asks: without a login."""
        return Client(headers=headers).get(path_of(address or self.address))

    def event(self) -> dict[str, Any]:
        """The one event as it stands now."""
        events: list[Any] = Calendar.from_ical(self.read().content).events
        [event] = events
        return {
            "uid": str(event["uid"]),
            "sequence": int(event["sequence"]),
            "day": event["dtstart"].dt,
            "end": event["dtend"].dt,
            "status": str(event["status"]),
            "summary": str(event["summary"]),
            "description": str(event["description"]),
        }

    def owed(self) -> Obligation:
        return Obligation.objects.get(organisation=self.organisation)


def path_of(address: str) -> str:
    return address[address.index("/calendar/") :]


@pytest.fixture
def subscribed() -> Subscribed:
    return Subscribed()


def test_the_calendar_is_of_its_partner_alone_and_well_formed(subscribed: Subscribed) -> None:
    answer = subscribed.read()
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    lines = answer.content.split(b"\r\n")
    assert lines[0] == b"BEGIN:VCALENDAR"
    assert lines[-2:] == [b"END:VCALENDAR", b""]
    assert b"\n" not in b"".join(lines), "every line ends in CR LF"
    assert max(map(len, lines)) <= 75
    found = {line.split(b":")[0].split(b";")[0] for line in lines}
    assert {b"PRODID", b"VERSION", b"UID", b"DTSTAMP", b"DTSTART", b"SEQUENCE", b"STATUS", b"METHOD"} <= found
    event = subscribed.event()
    assert (event["day"], event["end"]) == (DUE, dt.date(2026, 10, 21))
    assert (event["sequence"], event["status"], event["summary"]) == (0, "CONFIRMED", "Report due: 2026-Q3")
    assert "2026-07-01 to 2026-09-30" in event["description"]
    assert b"2099-X" not in answer.content
    assert b"Somebody" not in answer.content


def test_what_changes_keeps_its_name_and_is_numbered_on(subscribed: Subscribed) -> None:
    first = subscribed.event()
    assert subscribed.event() == first
    with scope.everything():
        extend(
            actor=None,
            period=subscribed.period,
            organisation=subscribed.organisation,
            due_on=LATER,
            reason="台风; 停课",
        )
    later = subscribed.event()
    assert (later["uid"], later["sequence"], later["day"]) == (first["uid"], 1, LATER)
    assert "台风; 停课" in later["description"]
    SubmissionFactory(organisation=subscribed.organisation, period=subscribed.period, accepted=1)
    expect_obligations()
    done = subscribed.event()
    assert (done["uid"], done["sequence"], done["summary"]) == (first["uid"], 2, "Reported: 2026-Q3")
    assert done["status"] == "CONFIRMED"


def test_an_excuse_cancels_the_event(subscribed: Subscribed) -> None:
    first = subscribed.event()
    with scope.everything():
        obligations.excuse(actor=None, obligation=subscribed.owed(), reason="停办")
    after = subscribed.event()
    assert (after["uid"], after["sequence"], after["status"]) == (first["uid"], 1, "CANCELLED")


def test_what_is_owed_no_more_is_cancelled_and_may_come_back(subscribed: Subscribed) -> None:
    first = subscribed.event()
    with scope.everything():
        catalogue.change_programme(actor=None, programme=subscribed.programme, ends_on=dt.date(2026, 6, 30))
    expect_obligations()
    with scope.everything():
        assert not Obligation.objects.filter(organisation=subscribed.organisation).exists()
    gone = subscribed.event()
    assert (gone["uid"], gone["sequence"], gone["status"]) == (first["uid"], 1, "CANCELLED")
    assert subscribed.event() == gone
    with scope.everything():
        catalogue.change_programme(actor=None, programme=subscribed.programme, ends_on=dt.date(2027, 12, 31))
    expect_obligations()
    again = subscribed.event()
    assert (again["uid"], again["sequence"], again["status"]) == (first["uid"], 2, "CONFIRMED")


def test_only_the_digest_is_kept(subscribed: Subscribed) -> None:
    secret = path_of(subscribed.address).removeprefix("/calendar/").removesuffix(".ics")
    assert len(secret) >= 43
    with scope.everything():
        row = CalendarFeed.objects.get()
        assert len(bytes(row.digest)) == 32
        kept = str(CalendarFeed.objects.values()) + str(list(AuditEntry.objects.values_list("detail", "subject_id")))
    assert secret not in kept
    listed = subscribed.api.get(FEEDS)
    assert secret not in listed.content.decode()
    assert "address" not in listed.json()["results"][0]


def test_unknown_revoked_and_replaced_are_nothing(subscribed: Subscribed) -> None:
    assert subscribed.read("/calendar/nothing.ics").status_code == 404
    first = subscribed.address
    second = subscribed.make()
    assert (subscribed.read(first).status_code, subscribed.read(second).status_code) == (404, 200)
    with scope.everything():
        row = CalendarFeed.objects.get(revoked_at=None)
    for _ in range(2):
        assert subscribed.api.post(f"{FEEDS}{row.pk}/revoke/").status_code == 200
    assert subscribed.read(second).status_code == 404
    with scope.everything():
        told = AuditEntry.objects.filter(action__startswith="calendar_feed.").order_by("pk")
        assert [one.action.split(".")[1] for one in told] == ["make", "make", "revoke"]


def test_an_administrator_renews_and_revokes_and_others_do_not(subscribed: Subscribed) -> None:
    admin = client_of(AdminFactory())
    made = admin.post(FEEDS, {"organisation": "GZU", "language": "zh-hans"}, format="json").json()
    assert subscribed.read().status_code == 404
    stranger = client_of(PartnerFactory())
    assert stranger.post(FEEDS, {"organisation": "GZU"}, format="json").status_code == 400
    assert stranger.post(f"{FEEDS}{made['id']}/revoke/").status_code == 404
    assert client_of(OfficerFactory()).post(FEEDS, {"organisation": "GZU"}, format="json").status_code == 403
    assert admin.post(FEEDS, {}, format="json").status_code == 404, "the bureau itself owes nothing"
    admin.post(f"{FEEDS}{made['id']}/revoke/")
    assert subscribed.read(made["address"]).status_code == 404


def test_the_language_chosen_is_the_one_spoken(subscribed: Subscribed) -> None:
    address = subscribed.make(language="zh-hans")
    read = Calendar.from_ical(subscribed.read(address, **{"accept-language": "en"}).content)
    assert "贵州大学" in str(read["x-wr-calname"])
    [event] = read.events
    assert str(event["summary"]) == "应报送：2026-Q3"


def test_who_asks_again_is_told_that_nothing_changed(subscribed: Subscribed) -> None:
    first = subscribed.read()
    tag = first["ETag"]
    again = subscribed.read(**{"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    with scope.everything():
        extend(actor=None, period=subscribed.period, organisation=None, due_on=LATER, reason="台风")
    changed = subscribed.read(**{"if-none-match": tag})
    assert changed.status_code == 200
    assert changed["ETag"] != tag
    assert "no-cache" in first["Cache-Control"]
    assert not first.cookies


def test_too_many_are_sent_away(subscribed: Subscribed, settings: Any) -> None:
    settings.FEEDS_PER_ADDRESS, settings.FEED_SECONDS = 3, 600
    client = Client(REMOTE_ADDR="203.0.113.77")
    got = [client.get(f"/calendar/guess-{n}.ics") for n in range(4)]
    assert [one.status_code for one in got] == [404, 404, 404, 429]
    assert int(got[-1]["Retry-After"]) > 0
    assert client.get(path_of(subscribed.address)).status_code == 429
    elsewhere = Client(REMOTE_ADDR="203.0.113.78")
    assert elsewhere.get(path_of(subscribed.address)).status_code == 200


def test_what_was_published_is_behind_the_wall(subscribed: Subscribed) -> None:
    subscribed.read()
    with scope.within(OrganisationFactory().pk):
        assert not PublishedDay.objects.exists()
        assert not CalendarFeed.objects.exists()
    with scope.within(subscribed.organisation.pk):
        assert PublishedDay.objects.count() == 1


def test_a_partner_makes_copies_once_and_revokes_on_the_page(subscribed: Subscribed) -> None:
    clerk = signed_in(subscribed.clerk)
    assert "An address is in force since" in words(clerk.get("/calendar-feed/"))
    made = clerk.post("/calendar-feed/", {"language": "en"})
    page = made.content.decode()
    address = page[page.index("/calendar/") : page.index(".ics") + 4]
    assert subscribed.read(address).status_code == 200
    assert address not in clerk.get("/calendar-feed/").content.decode(), "it is shown once"
    with scope.everything():
        row = CalendarFeed.objects.get(revoked_at=None)
    clerk.post(f"/calendar-feeds/{row.pk}/revoke/")
    assert "No address is in force." in words(clerk.get("/calendar-feed/"))
    assert subscribed.read(address).status_code == 404
    reader = signed_in(PartnerFactory(organisation=subscribed.organisation, read_only=True))
    assert "Make the address" not in words(reader.get("/calendar-feed/"))
    admin = signed_in(AdminFactory())
    made = admin.post("/calendar-feeds/", {"organisation": "GZU", "language": "en"})
    assert "Copy the address now" in words(made)
    assert "Guizhou University" in words(admin.get("/calendar-feeds/?live=true"))
    assert admin.post("/calendar-feeds/", {"organisation": "NOBODY", "language": "en"}).status_code == 400

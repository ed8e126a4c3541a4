"""Questions between the bureau and a partner, and the one message that tells the partner of them."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.accounts.scope import everything
from backend.messages.models import Delivery
from programs.records.models import Record
from programs.records.threads import Thread
from programs.review import mailing
from tests.conftest import Clock
from tests.factories import ManagerFactory, OfficerFactory, OrganisationFactory, PartnerFactory
from tests.programs.desks.officer.world import reported
from tests.support.http import Caller

pytestmark = pytest.mark.django_db
NUMBER = "520102198501010018"


@pytest.fixture
def record() -> Record:
    organisation = OrganisationFactory(contacts=[{"name": "岑", "role": "填报人", "email": "contact@example.com"}])
    [record] = reported(1, organisation=organisation)
    User.objects.filter(organisation=organisation).update(email="")
    return record


@pytest.fixture
def officer() -> User:
    return OfficerFactory(username="li")


@pytest.fixture
def clerk(record: Record) -> User:
    return PartnerFactory(organisation=record.organisation, email="clerk@example.com", language="en")


def caller(user: User) -> APIClient:
    return Caller(user)


def post(user: User, path: str, **body: Any) -> Any:
    return caller(user).post(path, body, format="json")


def mails() -> list[Delivery]:
    with everything():
        return list(Delivery.objects.order_by("pk"))


def test_a_question_is_asked_answered_and_closed(record: Record, officer: User, clerk: User) -> None:
    asked = post(officer, "threads/", record=record.pk, text=f"证件号 {NUMBER} 是否有误？")
    assert asked.status_code == 201, asked.content
    thread = asked.json()
    assert (thread["state"], thread["unread"], thread["record"]) == ("open", False, record.pk)
    address = f"threads/{thread['id']}/"
    seen = caller(clerk).get(address).json()
    assert seen["unread"] is True
    [message] = seen["messages"]
    assert NUMBER not in message["text"]
    assert message["text"].startswith("证件号 520****")
    assert (message["by_bureau"], message["said_by"]) == (True, "The bureau")
    assert caller(clerk).get("threads/", {"unread": "true"}).json()["results"][0]["id"] == thread["id"]
    assert post(clerk, f"{address}read/").json()["unread"] is False

    answered = post(clerk, f"{address}messages/", text="已核对，号码无误。").json()
    assert answered["state"] == "answered"
    assert caller(officer).get(address).json()["unread"] is True
    assert caller(officer).get("records/", {"thread": "answered"}).json()["results"][0]["id"] == record.pk
    assert caller(officer).get("records/", {"thread": "open"}).json()["results"] == []
    assert post(clerk, f"{address}close/").status_code == 403
    assert post(officer, f"{address}close/").json()["state"] == "closed"
    assert post(officer, f"{address}close/").status_code == 200
    assert caller(officer).get("records/", {"thread": "unclosed"}).json()["results"] == []
    assert post(clerk, f"{address}messages/", text="还有一事。").json()["state"] == "answered"


def test_a_partner_asks_about_its_submission(record: Record, officer: User, clerk: User) -> None:
    thread = post(clerk, "threads/", submission=record.submission_id, text="何时审核？").json()
    assert (thread["state"], thread["submission"], thread["record"]) == ("answered", record.submission_id, None)
    [row] = caller(officer).get("threads/", {"state": "answered"}).json()["results"]
    assert (row["id"], row["unread"]) == (thread["id"], True)
    assert not mails()


def test_nobody_else_hears_of_it(record: Record, officer: User, clerk: User) -> None:
    thread = post(officer, "threads/", record=record.pk, text="?").json()["id"]
    stranger = PartnerFactory(organisation=OrganisationFactory())
    reader = PartnerFactory(organisation=record.organisation, read_only=True)
    assert caller(stranger).get(f"threads/{thread}/").status_code == 404
    assert post(stranger, "threads/", record=record.pk, text="?").status_code == 400
    assert caller(reader).get(f"threads/{thread}/").status_code == 200
    assert post(reader, f"threads/{thread}/messages/", text="!").status_code == 403
    assert post(ManagerFactory(), f"threads/{thread}/messages/", text="!").status_code == 403
    assert post(officer, "threads/", record=record.pk, submission=record.submission_id, text="?").status_code == 400
    assert post(officer, "threads/", text="?").status_code == 400
    assert post(officer, "threads/", record=record.pk, text="  ").status_code == 400


def test_one_message_for_a_thread_once_it_is_quiet(record: Record, officer: User, clerk: User, clock: Clock) -> None:
    address = f"threads/{post(officer, 'threads/', record=record.pk, text='第一问').json()['id']}/"
    clock.shift(minutes=10)
    post(officer, f"{address}messages/", text="第二问")
    assert mailing.mail_quiet_threads() == 0
    clock.shift(minutes=20)
    assert mailing.mail_quiet_threads() == 0
    clock.shift(minutes=26)
    assert mailing.mail_quiet_threads() == 1
    assert mailing.mail_quiet_threads() == 0
    [mail] = mails()
    assert (mail.recipient, mail.language) == ("clerk@example.com", "en")
    assert f"record {record.pk}" in mail.subject
    assert "第一问" in mail.text
    assert "第二问" in mail.text
    assert f"/{address}" in mail.text

    post(officer, f"{address}messages/", text="第三问 <b>")
    clock.shift(minutes=60)
    mailing.mail_quiet_threads()
    third = mails()[-1]
    assert "第一问" not in third.text
    assert "第三问 &lt;b&gt;" in third.html


def test_who_goes_on_asking_puts_it_off_for_an_hour_at_most(record: Record, officer: User, clock: Clock) -> None:
    address = f"threads/{post(officer, 'threads/', record=record.pk, text='0').json()['id']}/"
    for minutes in (12, 24, 36, 48):
        clock.shift(minutes=minutes)
        post(officer, f"{address}messages/", text=str(minutes))
        assert mailing.mail_quiet_threads() == 0
    clock.shift(minutes=61)
    assert mailing.mail_quiet_threads() == 1
    assert [mail.recipient for mail in mails()] == ["contact@example.com"], "nobody signs in with an address"


@pytest.mark.parametrize("act", ["read", "messages", "close"])
def test_what_is_known_by_then_is_not_mailed(
    record: Record, officer: User, clerk: User, clock: Clock, act: str
) -> None:
    address = f"threads/{post(officer, 'threads/', record=record.pk, text='?').json()['id']}/"
    who = officer if act == "close" else clerk
    assert post(who, f"{address}{act}/", text="知道了").status_code in (200, 201)
    clock.shift(minutes=30)
    assert mailing.mail_quiet_threads() == 0
    with everything():
        assert Thread.objects.get().mail_at is None

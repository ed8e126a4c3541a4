"""One message a day that lists all, for who chose it and for the managers."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from backend.accounts import scope
from backend.accounts.models import User
from backend.messages.models import Delivery
from programs.periods import obligations
from programs.periods.expected import expect_obligations
from programs.periods.models import Obligation
from programs.reminders import policies
from programs.reminders.services import call_off, tick
from tests.factories import ManagerFactory, OfficerFactory, OrganisationFactory, PeriodFactory, ProgrammeFactory
from tests.programs.reminders.world import AFTER_8, BEFORE, DUE, contact, move, owing, rows
from tests.support.mailbox import Mailbox
from tests.support.partner import API, client_of

pytestmark = pytest.mark.django_db
DIGEST = f"{API}reminders/digest/"


def texts(mailbox: Mailbox) -> list[tuple[str, str]]:
    """To whom what went, in text."""
    found = [(to, next(iter(message.iter_parts())).get_content()) for to, message in mailbox.taken]
    mailbox.taken.clear()
    return found


def three_owing() -> list[Obligation]:
    """Three partners that owe, with an officer."""
    partners = [
        OrganisationFactory(name_zh=f"第{n}大学", contacts=[contact("submitter", f"clerk{n}@example.com")])
        for n in range(3)
    ]
    ProgrammeFactory(organisations=partners)
    PeriodFactory(due_on=DUE)
    expect_obligations()
    with scope.everything():
        return list(Obligation.objects.select_related("organisation").order_by("organisation__name_zh"))


def test_choosing_and_going_back(clock: Any) -> None:
    clerk = client_of(OfficerFactory())
    assert clerk.get(DIGEST).json() == {"digest": False, "hour": None}
    assert clerk.post(DIGEST, {"digest": True, "hour": "08:30"}, format="json").json()["hour"] == "08:30:00"
    assert clerk.post(DIGEST, {"digest": True, "hour": "10:00"}, format="json").json()["hour"] == "10:00:00"
    assert clerk.get(DIGEST).json()["digest"] is True
    assert client_of(OfficerFactory()).get(DIGEST).json()["digest"] is False, "it is everybody's own"
    assert clerk.post(DIGEST, {"digest": False}, format="json").json() == {"digest": False, "hour": None}


def test_an_officer_who_chose_it_gets_one_message_at_their_hour(
    clock: Any, mailbox: Mailbox, run_jobs: Callable[[], int]
) -> None:
    three_owing()
    chosen: User = OfficerFactory(email="Chief@example.com", language="zh-hans")
    OfficerFactory(email="single@example.com")
    client_of(chosen).post(DIGEST, {"digest": True, "hour": "16:00"}, format="json")
    move(clock, AFTER_8)
    tick()
    run_jobs()
    assert [to for to, _text in texts(mailbox) if "clerk" not in to] == ["single@example.com"] * 3
    move(clock, AFTER_8, 16)
    tick()
    tick()
    run_jobs()
    [(to, text)] = texts(mailbox)
    assert to == "Chief@example.com"
    assert [f"第{n}大学" in text for n in range(3)] == [True] * 3
    mine = rows(recipient="Chief@example.com")
    assert ({one.state for one in mine}, len({one.delivery_id for one in mine})) == ({"sent"}, 1)
    move(clock, AFTER_8 + dt.timedelta(days=1), 16)
    tick()
    run_jobs()
    assert texts(mailbox) == []


def test_managers_get_a_digest_of_what_reached_their_stage(
    clock: Any, mailbox: Mailbox, run_jobs: Callable[[], int]
) -> None:
    first, *_others = three_owing()
    ManagerFactory(email="manager@example.com", language="zh-hans")
    move(clock, dt.date(2019, 4, 1))
    officer = OfficerFactory(email="")
    with scope.everything():
        draft = policies.draft(actor=officer, kind="reporting")
        stage = {"code": "manager_8", "days": 8, "audience": "manager"}
        policies.change(actor=officer, policy=draft, stages=[stage])
        policies.switch_on(actor=officer, policy=draft, reason="上报")
        obligations.excuse(actor=officer, obligation=first, reason="停办")
    move(clock, AFTER_8)
    tick()
    run_jobs()
    [(to, text)] = texts(mailbox)
    assert to == "manager@example.com"
    assert ("第0大学" in text, "第1大学" in text, "第2大学" in text) == (False, True, True)


def test_what_is_settled_before_it_went_out_is_not_in_it_and_the_rest_is(
    clock: Any, mailbox: Mailbox, run_jobs: Callable[[], int]
) -> None:
    first, second, third = three_owing()
    chosen: User = OfficerFactory(email="chief@example.com", language="zh-hans")
    client_of(chosen).post(DIGEST, {"digest": True}, format="json")
    move(clock, AFTER_8)
    tick()
    assert len({one.delivery_id for one in rows(recipient="chief@example.com")}) == 1
    with scope.everything():
        Obligation.objects.filter(pk=second.pk).update(state="excused", settled_at="2019-04-25T01:00:00Z")
        call_off(obligation_id=second.pk)
    states = {one.obligation_id: one.state for one in rows(recipient="chief@example.com")}
    assert states == {first.pk: "scheduled", second.pk: "cancelled", third.pk: "scheduled"}
    tick()
    run_jobs()
    [text] = [text for to, text in texts(mailbox) if to == "chief@example.com"]
    assert ("第0大学" in text, "第1大学" in text, "第2大学" in text) == (True, False, True)
    with scope.everything():
        assert Delivery.objects.filter(recipient="chief@example.com", state="withdrawn").count() == 1


def test_a_clerk_of_a_partner_too(clock: Any, mailbox: Mailbox, run_jobs: Callable[[], int]) -> None:
    owed = owing()
    with scope.everything():
        clerk = owed.organisation.users.get(email="english@example.com")
    client_of(clerk).post(DIGEST, {"digest": True}, format="json")
    move(clock, BEFORE)
    tick()
    run_jobs()
    told = dict(texts(mailbox))
    assert "This is outstanding today:" in told["english@example.com"]
    assert "This is outstanding today:" not in told["clerk@example.com"]

"""Nobody is reminded of what is not owed any more, however it came to be settled."""

from collections.abc import Callable
from typing import Any

import pytest

from backend.accounts import scope
from backend.messages.models import Delivery
from backend.messages.services import send_due
from programs.catalogue import services as catalogue
from programs.catalogue.models import Programme
from programs.periods.expected import expect_obligations
from programs.periods.models import Obligation
from programs.reminders.services import tick
from tests.factories import OfficerFactory, PartnerFactory
from tests.programs.reminders.world import AFTER_2, AFTER_5, AFTER_8, BEFORE, DUE, contact, move, owing, partner, rows
from tests.programs.reminders.world import states as of
from tests.support.mailbox import Mailbox
from tests.support.partner import API, Partner, client_of


def left(**filters: Any) -> set[tuple[str, str]]:
    """State and note of what has not gone out."""
    return {(row.state, row.note) for row in rows(**filters) if row.state != "sent"}


def test_an_upload_that_is_committed_calls_off_what_is_left(
    clock: Any, mailbox: Mailbox, run_jobs: Callable[[], int]
) -> None:
    sender = Partner(run_jobs, partner(contacts=[contact("submitter", "clerk@example.com")]))
    expect_obligations()
    move(clock, BEFORE)
    tick()
    run_jobs()
    assert [address for address, _message in mailbox.taken] == ["clerk@example.com"]
    assert left() == {("scheduled", "")}

    sent = sender.send([sender.row(1), sender.row(2, name="")])
    assert left() == {("scheduled", "")}, "checked is not reported"
    assert sender.confirm(sent["id"])["status"] == "partly_accepted"
    [owed] = sender.api.get(f"{API}obligations/", {"period": "2019-Q1"}).json()["results"]
    assert (owed["state"], owed["on_time"]) == ("reported", True)
    assert left() == {("cancelled", "settled")}
    assert len(rows()) == len(rows(state="sent")) + 6
    for language, note in (("en", "Nothing is owed any more."), ("zh-hans", "已无需报送。")):
        seen = client_of(sender.clerk, language).get(f"{API}reminders/", {"state": "cancelled"}).json()["results"]
        assert {one["note"] for one in seen} == {note}
        assert {one["message_id"] for one in seen} == {None}
    for day in (DUE, AFTER_2, AFTER_5, AFTER_8):
        move(clock, day)
        assert tick() == 0
        run_jobs()
    assert len(mailbox.taken) == 1


def test_an_upload_of_which_no_row_was_taken_calls_nothing_off(
    clock: Any, mailbox: Mailbox, run_jobs: Callable[[], int]
) -> None:
    sender = Partner(run_jobs, partner())
    expect_obligations()
    move(clock, BEFORE)
    tick()
    sender.report([sender.row(1, name="")])
    move(clock, DUE)
    tick()
    run_jobs()
    assert of(stage="due") == {
        ("due", "clerk@example.com"): ("sent", ""),
        ("due", "english@example.com"): ("sent", ""),
    }


def confirm(owed: Obligation) -> None:
    address = f"{API}obligations/{owed.pk}/confirm-zero/"
    assert client_of(PartnerFactory(organisation=owed.organisation)).post(address).status_code == 200


def excuse(owed: Obligation) -> None:
    address = f"{API}obligations/{owed.pk}/excuse/"
    assert client_of(OfficerFactory()).post(address, {"reason": "停办"}, format="json").status_code == 200


def leave(owed: Obligation) -> None:
    with scope.everything():
        catalogue.change_programme(actor=None, programme=Programme.objects.get(), organisations=[])


@pytest.mark.parametrize("settle", [confirm, excuse, leave])
def test_whatever_settles_it_calls_off_also_what_the_server_has_put_off(
    settle: Callable[[Obligation], None], clock: Any, mailbox: Mailbox, run_jobs: Callable[[], int]
) -> None:
    owed = owing()
    mailbox.rcpt = lambda _address: "451 later"
    move(clock, BEFORE)
    tick()
    run_jobs()
    assert {row.state for row in rows(stage="before_5")} == {"sending"}
    settle(owed)
    run_jobs()
    assert left() == {("cancelled", "settled")}
    mailbox.rcpt = lambda _address: "250 ok"
    move(clock, BEFORE, minutes=30)
    tick()
    run_jobs()
    assert (rows(state="sent"), mailbox.taken) == ([], [])


def test_what_went_out_unanswered_is_not_sent_again(clock: Any, mailbox: Mailbox, run_jobs: Callable[[], int]) -> None:
    owed = owing()
    mailbox.drop = True
    move(clock, BEFORE)
    tick()
    run_jobs()
    assert len(mailbox.taken) == 2
    excuse(owed)
    run_jobs()
    for minutes in (6, 12):
        move(clock, BEFORE, minutes=minutes)
        run_jobs()
    assert len(mailbox.taken) == 2
    assert left(stage="before_5") == {("unknown", "unanswered")}


def test_what_was_reported_and_is_withdrawn_is_reminded_of_again(
    clock: Any, mailbox: Mailbox, run_jobs: Callable[[], int]
) -> None:
    sender = Partner(run_jobs, partner(contacts=[contact("submitter", "clerk@example.com")]))
    expect_obligations()
    move(clock, BEFORE)
    tick()
    run_jobs()
    planned = len(rows(state="scheduled"))
    sent = sender.report([sender.row(1)])
    assert left() == {("cancelled", "settled")}
    answer = sender.api.post(f"{API}submissions/{sent['id']}/withdraw/", {"reason": "误报"}, format="json")
    assert answer.status_code == 200
    run_jobs()
    [owed] = sender.api.get(f"{API}obligations/", {"period": "2019-Q1"}).json()["results"]
    assert (owed["state"], owed["on_time"], owed["submission"]) == ("missing", None, None)
    assert left() == {("scheduled", "")}
    assert len(rows(state="scheduled")) == planned
    move(clock, AFTER_2)
    assert tick() == 1
    run_jobs()
    assert len(mailbox.taken) == 2


def test_what_has_not_got_through_gives_way_to_a_later_stage(
    clock: Any, mailbox: Mailbox, run_jobs: Callable[[], int]
) -> None:
    """The mail server is away over two stages, and is back an hour before a third: one message, at its own hour."""
    owing()
    mailbox.rcpt = lambda _address: "451 later"
    for day in (DUE, AFTER_2):
        move(clock, day)
        tick()
        run_jobs()
    assert states_to("clerk@example.com") == {"due": ("skipped", "later_stage"), "after_2": ("sending", "put_off")}
    mailbox.rcpt = lambda _address: "250 ok"
    move(clock, AFTER_5, 8)
    tick()
    send_due()
    assert mailbox.taken == []
    assert states_to("clerk@example.com")["after_2"] == ("skipped", "later_stage")
    move(clock, AFTER_5)
    tick()
    run_jobs()
    assert [to for to, _message in mailbox.taken].count("clerk@example.com") == 1
    with scope.everything():
        mine = Delivery.objects.filter(recipient="clerk@example.com").order_by("pk")
        assert list(mine.values_list("state", flat=True)) == ["withdrawn", "withdrawn", "sent"]


def states_to(recipient: str) -> dict[str, tuple[str, str]]:
    """State and note of what is not to come, by stage."""
    return {
        one.stage: (one.state, one.note)
        for one in rows(recipient=recipient)
        if one.state != "scheduled" and one.stage != "before_5"
    }

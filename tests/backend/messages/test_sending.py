"""Messages over real SMTP: taken, put off, refused, cut off, and a server that is not there."""

from collections.abc import Callable

import pytest

from backend.accounts import scope
from backend.messages import services
from backend.messages.models import Delivery, SuppressedAddress
from backend.messages.sending import claim
from tests.factories import OrganisationFactory
from tests.support.mailbox import Mailbox

State = Delivery.State


def post(key: str = "k1", recipient: str = "clerk@example.com", subject: str = "季度填报") -> Delivery:
    organisation = OrganisationFactory()
    with scope.everything():
        return services.post(
            key=key,
            organisation_id=organisation.pk,
            recipient=recipient,
            language="zh-hans",
            subject=subject,
            text="您好\n.\n..点\n",
            html="<p>您好</p>",
        )


def fate(delivery: Delivery) -> Delivery:
    with scope.everything():
        return Delivery.objects.get(pk=delivery.pk)


@pytest.mark.usefixtures("db")
def test_a_message_arrives_whole_under_its_own_id(mailbox: Mailbox, run_jobs: Callable[[], int]) -> None:
    sent = post()
    run_jobs()
    [(address, message)] = mailbox.taken
    assert (address, message["Subject"], message["Message-ID"]) == ("clerk@example.com", "季度填报", sent.message_id)
    body, html = message.get_body(("plain",)), message.get_body(("html",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n").rstrip() == "您好\n.\n..点"
    assert html is not None
    assert "<p>您好</p>" in html.get_content()
    now = fate(sent)
    assert (now.state, now.attempts, now.next_try_at) == (State.SENT, 1, None)
    assert now.sent_at is not None
    assert services.send(sent.pk) is False


@pytest.mark.usefixtures("db")
def test_a_subject_with_line_breaks_adds_no_header(mailbox: Mailbox, run_jobs: Callable[[], int]) -> None:
    post(subject="Report\r\nBcc: other@example.com")
    run_jobs()
    [(_address, message)] = mailbox.taken
    assert message["Bcc"] is None
    assert message["Subject"] == "Report Bcc: other@example.com"


@pytest.mark.parametrize("where", ["rcpt", "data"])
def test_later_is_tried_again_later(where: str, mailbox: Mailbox, clock: object, run_jobs: Callable[[], int]) -> None:
    setattr(mailbox, where, lambda _address: "451 later")
    sent = post()
    run_jobs()
    assert (fate(sent).state, fate(sent).attempts) == (State.QUEUED, 1)
    assert fate(sent).answer.startswith("451")
    run_jobs()
    assert fate(sent).attempts == 1, "not before its time"
    setattr(mailbox, where, lambda _address: "250 now")
    clock.shift(minutes=2)  # type: ignore[attr-defined]
    run_jobs()
    assert (fate(sent).state, fate(sent).attempts) == (State.SENT, 2)
    assert len(mailbox.taken) == 1


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("where", ["rcpt", "data"])
def test_a_refusal_ends_it_and_suppresses_the_address(
    where: str, mailbox: Mailbox, run_jobs: Callable[[], int]
) -> None:
    setattr(mailbox, where, lambda _address: "550 no such user")
    sent = post()
    run_jobs()
    assert fate(sent).state == State.FAILED
    with scope.everything():
        assert SuppressedAddress.objects.get().address == "clerk@example.com"
    setattr(mailbox, where, lambda _address: "250 ok")
    another = post("k2", "Clerk@example.com")
    run_jobs()
    assert fate(another).state == State.FAILED
    assert mailbox.taken == []


def test_what_was_cut_off_after_it_was_handed_over_goes_out_once_more_at_most(
    mailbox: Mailbox, clock: object, run_jobs: Callable[[], int]
) -> None:
    mailbox.drop = True
    sent = post()
    run_jobs()
    assert (fate(sent).state, fate(sent).attempts) == (State.UNKNOWN, 1)
    for minutes in (6, 12, 60):
        clock.shift(minutes=minutes)  # type: ignore[attr-defined]
        run_jobs()
    assert (fate(sent).state, fate(sent).attempts, fate(sent).next_try_at) == (State.UNKNOWN, 2, None)
    assert [message["Message-ID"] for _address, message in mailbox.taken] == [sent.message_id] * 2


def test_a_sender_that_died_is_followed_by_one_more_at_most(
    mailbox: Mailbox, clock: object, run_jobs: Callable[[], int]
) -> None:
    sent = post()
    assert claim(sent.pk) is not None
    run_jobs()
    assert mailbox.taken == []
    clock.shift(minutes=6)  # type: ignore[attr-defined]
    run_jobs()
    assert (fate(sent).state, fate(sent).attempts) == (State.SENT, 2)
    assert len(mailbox.taken) == 1


def test_a_server_that_is_away_is_waited_for(mailbox: Mailbox, clock: object, run_jobs: Callable[[], int]) -> None:
    mailbox.close()
    sent = post()
    run_jobs()
    assert (fate(sent).state, fate(sent).attempts) == (State.QUEUED, 1)
    mailbox.listen()
    clock.shift(minutes=2)  # type: ignore[attr-defined]
    run_jobs()
    assert fate(sent).state == State.SENT


@pytest.mark.usefixtures("db")
def test_what_is_withdrawn_does_not_go_out(mailbox: Mailbox, run_jobs: Callable[[], int]) -> None:
    sent = post()
    with scope.everything():
        assert services.withdraw(delivery_ids=[sent.pk]) == 1
    run_jobs()
    assert (fate(sent).state, mailbox.taken) == (State.WITHDRAWN, [])

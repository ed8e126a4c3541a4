"""Many messages at once: one connection, and yet each its own claim, answer and fate."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from backend import bell
from backend.accounts import scope
from backend.messages import sending, services
from backend.messages.channels import Answer
from backend.messages.models import Delivery, Fate
from tests.factories import OrganisationFactory
from tests.support.mailbox import Mailbox

State = Delivery.State
MANY = 30


def post(many: int = MANY) -> list[Delivery]:
    organisation = OrganisationFactory()
    with scope.everything():
        return services.post_many(
            services.Message(
                key=f"many:{n}",
                organisation_id=organisation.pk,
                recipient=f"clerk{n}@example.com",
                language="zh-hans",
                subject="季度填报",
                text="您好",
                html="<p>您好</p>",
            )
            for n in range(many)
        )


def claimed(held: sending.Held) -> str | None:
    with scope.everything():
        return sending._claimed(held)


def noted(delivery: Delivery, fate: Fate, text: str) -> None:
    with scope.everything():
        sending._note(delivery, Answer(fate, text))


def states() -> Counter[str]:
    with scope.everything():
        return Counter(Delivery.objects.values_list("state", flat=True))


def addresses(mailbox: Mailbox) -> list[str]:
    return [address for address, _message in mailbox.taken]


def expected(many: int = MANY) -> list[str]:
    return sorted(f"clerk{n}@example.com" for n in range(many))


@pytest.mark.usefixtures("db")
def test_they_share_a_connection_and_arrive_each_under_its_own_id(mailbox: Mailbox) -> None:
    posted = post()
    assert services.send_due(60) == MANY
    assert sorted(addresses(mailbox)) == expected()
    assert {message["Message-ID"] for _address, message in mailbox.taken} == {one.message_id for one in posted}
    assert (mailbox.connections, states()) == (1, {State.SENT: MANY})
    assert services.send_due(60) == 0


@pytest.mark.usefixtures("db")
def test_what_befalls_one_does_not_touch_the_next(mailbox: Mailbox) -> None:
    said = {"clerk3@example.com": "550 no such user", "clerk7@example.com": "451 greylisted"}
    mailbox.rcpt = lambda address: said.get(address, "250 ok")
    mailbox.data = lambda address: "552 too big" if address == "clerk9@example.com" else "250 ok"
    post()
    assert services.send_due(60) == MANY
    assert sorted(addresses(mailbox)) == sorted(set(expected()) - {*said, "clerk9@example.com"})
    assert states() == {State.SENT: MANY - 3, State.FAILED: 2, State.QUEUED: 1}
    assert mailbox.connections == 1, "a refusal is no reason for a new connection"
    with scope.everything():
        answers = dict(Delivery.objects.exclude(state=State.SENT).values_list("recipient", "answer"))
    assert answers == {**said, "clerk9@example.com": "552 too big"}


@pytest.mark.usefixtures("db")
def test_a_server_that_takes_few_on_a_connection_is_met_again(mailbox: Mailbox) -> None:
    mailbox.per_connection = 7
    post()
    services.send_due(60)
    assert sorted(addresses(mailbox)) == expected()
    assert states() == {State.SENT: MANY}
    with scope.everything():
        assert set(Delivery.objects.values_list("attempts", flat=True)) == {1}, "the limit is not the message's fault"
    assert mailbox.connections == -(-MANY // 7)


@pytest.mark.usefixtures("db")
def test_a_connection_that_breaks_leaves_one_unanswered_and_the_rest_sent(mailbox: Mailbox) -> None:
    def answer(address: str) -> str:
        mailbox.drop = address == "clerk5@example.com"
        return "250 ok"

    mailbox.data = answer
    post()
    services.send_due(60)
    assert states() == {State.SENT: MANY - 1, State.UNKNOWN: 1}
    assert sorted(addresses(mailbox)) == expected()


@pytest.mark.usefixtures("db")
def test_a_server_that_is_away_is_asked_once_and_not_for_each(mailbox: Mailbox, clock: Any) -> None:
    mailbox.close()
    post()
    services.send_due(60)
    with scope.everything():
        tried = Counter(Delivery.objects.values_list("attempts", flat=True))
    assert tried == {0: MANY - 2, 1: 2}, "once for each lot that was reserved"
    assert states() == {State.QUEUED: MANY}
    mailbox.listen()
    clock.shift(minutes=2)
    services.send_due(60)
    assert states() == {State.SENT: MANY}


def test_many_senders_at_once_send_everything_once(fresh_database: str, mailbox: Mailbox) -> None:
    post()
    start = threading.Barrier(5)
    tried: list[int] = []

    def work() -> None:
        start.wait()
        try:
            tried.append(services.send_due(60))
        finally:
            connection.close()

    senders = [threading.Thread(target=work) for _sender in range(5)]
    for one in senders:
        one.start()
    for one in senders:
        one.join(60)
    # What a slow sender had reserved and lost again is left to whoever comes next.
    until = time.monotonic() + 30
    while sum(tried) < MANY and time.monotonic() < until:
        tried.append(services.send_due(5))
    assert sorted(addresses(mailbox)) == expected()
    assert sum(tried) == MANY
    assert states() == {State.SENT: MANY}


def test_what_is_withdrawn_while_others_are_sent_does_not_go_out(fresh_database: str, mailbox: Mailbox) -> None:
    posted = post()

    def answer(_address: str) -> str:
        if len(mailbox.taken) == 9:
            withdrawing = threading.Thread(target=withdraw)
            withdrawing.start()
            withdrawing.join(30)
        return "250 ok"

    def withdraw() -> None:
        try:
            with scope.everything():
                services.withdraw(delivery_ids=[one.pk for one in posted])
        finally:
            connection.close()

    mailbox.data = answer
    services.send_due(60)
    assert len(mailbox.taken) == 10, "nine were sent, and the tenth was in the server's hands"
    assert states() == {State.SENT: 10, State.WITHDRAWN: MANY - 10}


@pytest.mark.usefixtures("db")
def test_what_is_called_off_while_it_is_sent_is_not_tried_again(mailbox: Mailbox, clock: Any) -> None:
    [posted] = post(1)

    sent = sending.claim(posted.pk)
    assert sent is not None
    with scope.everything():
        services.withdraw(delivery_ids=[posted.pk])
    noted(sent, Fate.LATER, "451 later")
    clock.shift(hours=1)
    assert (services.send_due(60), states(), mailbox.taken) == (0, {State.WITHDRAWN: 1}, [])


@pytest.mark.usefixtures("db")
def test_a_sender_that_died_on_what_was_called_off_is_not_followed(mailbox: Mailbox, clock: Any) -> None:
    [posted] = post(1)
    assert sending.claim(posted.pk) is not None
    with scope.everything():
        services.withdraw(delivery_ids=[posted.pk])
    clock.shift(minutes=6)
    assert (services.send_due(60), states(), mailbox.taken) == (0, {State.UNKNOWN: 1}, [])


@pytest.mark.usefixtures("db")
def test_what_a_dead_sender_had_only_reserved_is_sent_soon_and_counts_as_untried(mailbox: Mailbox, clock: Any) -> None:
    post()
    dead = sending._reserve(MANY)
    assert len(dead) == MANY
    assert claimed(dead[0]) == ""
    assert services.send_due(60) == 0, "it may be a slow one"
    clock.shift(seconds=sending.RESERVED_SECONDS + 1)
    assert services.send_due(60) == MANY - 1
    assert dead[0].delivery.recipient not in addresses(mailbox), "it may be in the server's hands"
    clock.shift(minutes=sending.CLAIM_MINUTES + 1)
    assert services.send_due(60) == 1
    with scope.everything():
        assert Counter(Delivery.objects.values_list("again", flat=True)) == {False: MANY - 1, True: 1}


@pytest.mark.usefixtures("db")
def test_a_slow_sender_whose_reservation_lapsed_leaves_it_to_the_other(mailbox: Mailbox, clock: Any) -> None:
    post(2)
    slow = sending._reserve(2)
    assert claimed(slow[0]) == ""
    clock.shift(seconds=sending.RESERVED_SECONDS + 1)
    assert services.send_due(60) == 1
    assert claimed(slow[1]) is None, "its ticket is no good any more"
    noted(slow[0].delivery, Fate.SENT, "250 at last")
    assert states() == {State.SENT: 2}
    clock.shift(minutes=10)
    assert services.send_due(60) == 0


@pytest.mark.usefixtures("db")
def test_a_clock_that_is_a_day_off_changes_nothing(mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Deadlines are the database's: a sender whose own clock runs a day ahead takes nobody's claim for lapsed."""
    import time as clocks

    [posted] = post(1)
    assert sending.claim(posted.pk) is not None
    real, monotonic = clocks.time, clocks.monotonic
    monkeypatch.setattr(clocks, "time", lambda: real() + 86_400)
    monkeypatch.setattr(clocks, "monotonic", lambda: monotonic() + 86_400)
    assert services.send_due(60) == 0
    assert services.send(posted.pk) is False
    assert mailbox.taken == []


def test_a_lost_bell_is_rung_again(
    fresh_database: str, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, run_jobs: Callable[[], int]
) -> None:
    monkeypatch.setattr(bell.Bell, "ring", lambda *_: False)
    post()
    monkeypatch.undo()
    assert mailbox.taken == []
    run_jobs()
    assert sorted(addresses(mailbox)) == expected()


@pytest.mark.usefixtures("db")
def test_nobody_is_rung_for_while_somebody_is_at_work(mailbox: Mailbox, clock: Any) -> None:
    posted = post()
    assert services.reconcile() == 1
    assert sending.claim(posted[0].pk) is not None
    assert services.reconcile() == 0
    clock.shift(seconds=services.AT_WORK_SECONDS + 1)
    assert services.reconcile() == 1
    services.send_due(60)
    assert services.reconcile() == 0


@pytest.mark.usefixtures("db")
def test_what_found_no_room_was_not_tried(mailbox: Mailbox, clock: Any) -> None:
    [posted] = post(1)
    sent = sending.claim(posted.pk)
    assert sent is not None
    with scope.everything():
        sending._note(sent, Answer(Fate.LATER, "no room", after=30))
        assert Delivery.objects.get().attempts == 0
    assert services.send_due(60) == 0
    clock.shift(seconds=31)
    assert services.send_due(60) == 1
    assert states() == {State.SENT: 1}

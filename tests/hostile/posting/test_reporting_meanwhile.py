"""A partner reports while the mail server holds its reminder in its hands: what is left is not sent."""

from collections import Counter
from collections.abc import Callable

import pytest

from backend.accounts import scope
from programs.periods.models import Obligation
from programs.reminders.models import Reminder
from tests.conftest import Clock
from tests.factories import PartnerFactory
from tests.hostile.house.clerk import Visitor
from tests.hostile.posting.conftest import PATIENCE, beat, wait_for_mail
from tests.programs.reminders.world import AFTER_5, BEFORE, contact, move
from tests.support.postoffice import PostOffice
from tests.support.workers import Worker, wait_for

MANY = 6


@pytest.mark.parametrize("answered", ["taken", "put off"])
def test_reporting_while_a_reminder_is_being_sent_cancels_the_rest(
    office: PostOffice,
    partners: Callable[[int], list[str]],
    clock: Clock,
    server: str,
    worker: Callable[..., Worker],
    answered: str,
) -> None:
    [_clerk, other] = partners(2)
    with scope.everything():
        owed = Obligation.objects.select_related("organisation").order_by("pk")[0]
        owed.organisation.contacts = [contact("submitter", f"one-of-many{n}@example.com") for n in range(MANY)]
        owed.organisation.save(update_fields=["contacts"])
    addresses = [f"one-of-many{n}@example.com" for n in range(MANY)]
    office.answers(hold=addresses)
    running = worker(concurrency=3)
    beat(clock, BEFORE)
    first = wait_for(office.holding, PATIENCE, f"a message to be held; the log:\n{running.log[-2000:]}")
    visitor = Visitor(server, PartnerFactory(organisation=owed.organisation))
    assert visitor.call("POST", f"obligations/{owed.pk}/confirm-zero/").status_code == 200
    wait_for(lambda: _states(owed)["cancelled"] >= MANY - 1, PATIENCE, f"the rest; the log:\n{running.log[-2000:]}")
    office.answers(data=dict.fromkeys(addresses, "451 4.7.1 later") if answered == "put off" else {})
    wait_for_mail(office, {first, other} if answered == "taken" else {other}, running)
    wait_for(lambda: "sending" not in _states(owed), PATIENCE, "nothing to be in hand")
    for minutes in (7, 40):
        move(clock, BEFORE, minutes=minutes)
        wait_for(lambda: "sending" not in _states(owed), PATIENCE, "nothing to be in hand")
    beat(clock, AFTER_5)
    wait_for(lambda: copies_of(office, other) >= 2, PATIENCE, "what the other one still owes")
    got = {one.recipient for one in office.taken()} & set(addresses)
    assert got == ({first} if answered == "taken" else set()), "what the server had in its hands, and nothing after it"


def copies_of(office: PostOffice, to: str) -> int:
    """How many messages somebody got."""
    return sum(one.recipient == to for one in office.taken())


def _states(owed: Obligation) -> dict[str, int]:
    with scope.everything():
        return Counter(Reminder.objects.filter(obligation=owed).values_list("state", flat=True))

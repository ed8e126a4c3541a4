"""Who reminds and is reminded, on days of April 2019: the first quarter is due on Monday the 15th."""

import datetime as dt
from typing import Any

from backend.accounts import scope
from backend.accounts.models import Organisation
from backend.messages.models import Delivery
from programs.periods.expected import expect_obligations
from programs.periods.models import Obligation
from programs.reminders.models import Reminder
from tests.factories import OfficerFactory, OrganisationFactory, PartnerFactory, PeriodFactory, ProgrammeFactory

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
# Five working days before the due day (Qingming is on the 5th), two after it, five and eight.
BEFORE, DUE, AFTER_2, AFTER_5, AFTER_8 = (dt.date(2019, 4, day) for day in (8, 15, 17, 22, 25))


def move(clock: Any, day: dt.date, hour: int = 9, minutes: int = 0) -> None:
    """Moves the database's time to a moment in Guiyang, and so many minutes on."""
    moment = dt.datetime.combine(day, dt.time(hour), SHANGHAI) + dt.timedelta(minutes=minutes)
    clock.shift(seconds=(moment - dt.datetime.now(tz=SHANGHAI)).total_seconds())


def contact(role: str, email: str) -> dict[str, str]:
    return {"name": "岑若溪", "role": role, "email": email, "phone": ""}


def partner(**values: Any) -> Organisation:
    """A university that takes part, with one who reports in either language, and a leader."""
    contacts = [
        contact("填报人", "clerk@example.com"),
        contact("submitter", "english@example.com"),
        contact("leader", "leader@example.com"),
    ]
    organisation = OrganisationFactory(**{"code": "GZU", "name_zh": "贵州大学", "contacts": contacts, **values})
    PartnerFactory(organisation=organisation, email="english@example.com", language="en")
    ProgrammeFactory(organisations=[organisation])
    return organisation


def owing(**values: Any) -> Obligation:
    """What such a partner owes for the first quarter of 2019; an officer who writes Chinese is there."""
    organisation = partner(**values)
    OfficerFactory(email="officer@example.com", language="zh-hans")
    PeriodFactory(due_on=DUE)
    expect_obligations()
    with scope.everything():
        return Obligation.objects.select_related("organisation").get(organisation=organisation)


def rows(**filters: Any) -> list[Reminder]:
    """The reminders, in the order in which they are due."""
    with scope.everything():
        found = Reminder.objects.filter(**filters).select_related("delivery")
        return list(found.order_by("due_at", "stage", "recipient"))


def delivery_of(row: Reminder) -> Delivery:
    """The message of a reminder that was posted."""
    assert row.delivery is not None
    return row.delivery


def states(**filters: Any) -> dict[tuple[str, str], tuple[str, str]]:
    """State and note by stage and recipient."""
    return {(one.stage, one.recipient): (one.state, one.note) for one in rows(**filters)}

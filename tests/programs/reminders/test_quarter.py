"""A quarter of fifty partners under a moved clock: the mail server's box against a model that knows no product code."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from typing import Any

import chinese_calendar

from backend.accounts import scope
from backend.accounts.models import User
from backend.messages.models import Delivery
from programs.periods import obligations
from programs.periods.expected import expect_obligations
from programs.periods.models import Obligation
from programs.reminders.models import Reminder
from programs.reminders.services import tick
from tests.factories import OfficerFactory, OrganisationFactory, PeriodFactory, ProgrammeFactory
from tests.support.mailbox import Mailbox

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
DUE = dt.date(2019, 4, 15)
PARTNERS = 50
OUTAGE = dt.date(2019, 4, 15), dt.date(2019, 4, 19)
LADDER = [(-5, "submitter"), (0, "submitter"), (2, "submitter"), (5, "submitter"), (5, "leader"), (8, "bureau")]


def workday(offset: int) -> dt.date:
    day, step = DUE, 1 if offset > 0 else -1
    while offset:
        day += dt.timedelta(days=step)
        offset -= step * chinese_calendar.is_workday(day)
    return day


def settles_on(n: int) -> dt.date | None:
    """Every fifth partner never; the others from 1 April on, a day later each, at noon."""
    return None if n % 5 == 0 else dt.date(2019, 4, 1) + dt.timedelta(days=n % 28)


def model() -> Counter[tuple[str, dt.date]]:
    """Who gets mail on which day. On days without beat nothing goes; the first day after catches up, once each."""
    wanted: Counter[tuple[str, dt.date]] = Counter()
    back = OUTAGE[1] + dt.timedelta(days=1)
    missed: set[str] = set()
    for n in range(PARTNERS):
        settled = settles_on(n)
        for offset, audience in LADDER:
            day = workday(offset)
            if settled is not None and settled < day:
                continue
            to = "officer@example.com" if audience == "bureau" else f"{audience}{n}@example.com"
            if OUTAGE[0] <= day <= OUTAGE[1]:
                if settled is None or settled >= back:
                    missed.add(to)
            else:
                wanted[to, day] += 1
    for to in missed:
        wanted[to, back] += 1
    return wanted


def test_the_mailbox_agrees_with_the_model(clock: Any, mailbox: Mailbox, run_jobs: Callable[[], int]) -> None:
    officer = OfficerFactory(email="officer@example.com")
    partners = [
        OrganisationFactory(
            contacts=[
                {"name": "甲", "role": role, "email": f"{role}{n}@example.com", "phone": ""}
                for role in ("submitter", "leader")
            ]
        )
        for n in range(PARTNERS)
    ]
    ProgrammeFactory(organisations=partners)
    OrganisationFactory()  # takes part in nothing and hears nothing
    PeriodFactory(due_on=DUE)
    expect_obligations()
    got: Counter[tuple[str, dt.date]] = Counter()
    real = dt.datetime.now(tz=SHANGHAI)
    day = dt.date(2019, 4, 1)
    while day < dt.date(2019, 4, 29):
        for hour in (8, 10, 12):
            moment = dt.datetime.combine(day, dt.time(hour), SHANGHAI)
            clock.shift(seconds=(moment - real).total_seconds())
            if hour == 12:
                with scope.everything():
                    for n, partner in enumerate(partners):
                        if settles_on(n) == day:
                            owed = Obligation.objects.get(organisation=partner)
                            obligations.excuse(actor=officer, obligation=owed, reason="x")
            elif not OUTAGE[0] <= day <= OUTAGE[1]:
                assert tick() >= 0
                assert tick() == 0
            run_jobs()
            for to, _message in mailbox.taken:
                assert hour == 10 or day == OUTAGE[1] + dt.timedelta(days=1), (to, moment)
                got[to, day] += 1
            mailbox.taken.clear()
        day += dt.timedelta(days=1)
    wanted = model()
    assert got - wanted == Counter()
    assert wanted - got == Counter()
    with scope.everything():
        states = set(Reminder.objects.values_list("state", flat=True))
        assert states == {"sent", "cancelled", "skipped"}
        assert Delivery.objects.count() == Reminder.objects.filter(state="sent").count() == wanted.total()
    assert User.objects.filter(role="officer").count() == 1

"""Thousands of partners are laid out within seconds, and looking again changes nothing and asks no more."""

import time
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.accounts import scope
from backend.accounts.models import Organisation
from programs.periods.models import Obligation
from programs.reminders.models import Reminder
from programs.reminders.services import lay_out
from tests.factories import OfficerFactory, PeriodFactory
from tests.programs.reminders.world import BEFORE, DUE, contact, move

pytestmark = pytest.mark.django_db
PARTNERS = 1000


def test_a_thousand_partners_in_a_few_statements(clock: Any) -> None:
    OfficerFactory(email="officer@example.com")
    period = PeriodFactory(due_on=DUE)
    move(clock, BEFORE, 8)
    with scope.everything():
        partners = Organisation.objects.bulk_create(
            Organisation(
                code=f"P{n}",
                name_zh=f"第{n}大学",
                kind="university",
                contacts=[contact("submitter", f"clerk{n}@example.com"), contact("leader", f"leader{n}@example.com")],
            )
            for n in range(PARTNERS)
        )
        Obligation.objects.bulk_create(
            Obligation(kind="reporting", organisation=one, period=period, due_on=DUE) for one in partners
        )
    begun = time.perf_counter()
    with CaptureQueriesContext(connection) as queries:
        assert lay_out() == PARTNERS * 6
    print(f"{PARTNERS} partners laid out in {time.perf_counter() - begun:.2f} s")
    assert len(queries) < 40
    begun = time.perf_counter()
    assert lay_out() == 0
    print(f"looked at again in {time.perf_counter() - begun:.2f} s")
    with scope.everything():
        assert Reminder.objects.filter(state="scheduled").count() == PARTNERS * 6

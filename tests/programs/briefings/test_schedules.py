"""Schedules make and send each period's briefing once, and publish only where they say so."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from backend.accounts.models import User
from backend.audit.models import AuditEntry
from backend.clock import today
from backend.messages.models import Delivery
from programs.briefings import scheduling
from programs.briefings.kinds import Period
from programs.briefings.models import Briefing, BriefingIssue, BriefingSchedule
from programs.periods.calendar import add_working_days
from programs.snapshots.models import Snapshot
from tests.conftest import Clock
from tests.factories import AdminFactory, ManagerFactory, PartnerFactory
from tests.programs.briefings.conftest import published
from tests.programs.targets.world import World
from tests.support.http import Caller

Body = dict[str, Any]
MONTHLY: Body = {"plan": "digital-valley-2020", "kind": "month", "languages": ["en"], "working_days": 0}


@pytest.fixture
def laid(manager: Caller, officer: User, month: Period) -> Callable[..., BriefingSchedule]:
    """Lays down a schedule that has been in force since before the last month ended."""

    def lay(**body: Any) -> BriefingSchedule:
        whole = {**MONTHLY, "subscribers": ["chen", "wang"], **body}
        answer = manager.post("briefings/schedules/", whole, format="json")
        assert answer.status_code == 201, answer.json()
        BriefingSchedule.objects.filter(pk=answer.json()["id"]).update(since=month.first)
        return BriefingSchedule.objects.get(pk=answer.json()["id"])

    return lay


def test_a_schedule_that_publishes_does_so_once(
    laid: Callable[..., BriefingSchedule], month: Period, run_jobs: Callable[[], int]
) -> None:
    schedule = laid(publish=True)
    assert (scheduling.issue_due(), scheduling.issue_due()) == (1, 0)
    run_jobs()
    assert scheduling.issue_due() == 0
    snapshot = Snapshot.objects.get()
    assert (snapshot.as_of, snapshot.publisher) == (month.last, "chen")
    [briefing] = Briefing.objects.all()
    assert (briefing.schedule_id, briefing.period, briefing.files.count()) == (schedule.pk, month.code, 2)
    [mailed, kept] = Delivery.objects.filter(key__startswith="briefing:").order_by("channel")
    assert (mailed.channel, mailed.recipient, mailed.language) == ("email", "chen@example.com", "zh-hans")
    assert (kept.channel, kept.language) == ("inbox", "en")
    assert "briefing for" in kept.subject
    assert f"/briefings/{briefing.pk}/en.pdf" in mailed.text
    assert f"/briefings/{briefing.pk}/en.docx" in mailed.html
    assert "工作简报" in mailed.subject
    assert set(AuditEntry.objects.filter(action__contains="brief").values_list("action", flat=True)) == {
        "briefing_schedule.create",
        "briefing.order",
        "briefing.issue",
        "briefing.make",
    }


def test_without_that_word_nothing_is_published(
    laid: Callable[..., BriefingSchedule], chen: User, month: Period, run_jobs: Callable[[], int]
) -> None:
    laid()
    published(chen, month.before.last)
    assert scheduling.issue_due() == 0
    assert Snapshot.objects.count() == 1
    snapshot = published(chen, month.last)
    assert scheduling.issue_due() == 1
    run_jobs()
    assert Briefing.objects.get().snapshot_id == snapshot.pk
    assert Delivery.objects.filter(key__startswith="briefing:").count() == 2


def test_one_that_was_made_by_hand_is_sent_and_not_made_again(
    laid: Callable[..., BriefingSchedule], manager: Caller, chen: User, month: Period, run_jobs: Callable[[], int]
) -> None:
    snapshot = published(chen, month.last)
    manager.post("briefings/", {"snapshot": snapshot.pk, "kind": "month", "languages": ["en"]}, format="json")
    run_jobs()
    laid(publish=True)
    assert scheduling.issue_due() == 1
    assert (Briefing.objects.count(), Snapshot.objects.count()) == (1, 1)
    assert Delivery.objects.filter(key__startswith="briefing:").count() == 2


def test_it_waits_for_its_working_days(laid: Callable[..., BriefingSchedule], clock: Clock, month: Period) -> None:
    schedule = laid(publish=True, working_days=60)
    assert scheduling.issue_due() == 0
    BriefingSchedule.objects.update(working_days=3, since=month.after.first)
    now, due = today(), add_working_days(month.after.last, 3)
    clock.shift(days=(due - now).days - 1)
    assert scheduling.issue_due() == 0
    clock.shift(days=(due - now).days)
    assert scheduling.issue_due() == 1
    [issue] = BriefingIssue.objects.all()
    assert (issue.schedule_id, issue.period) == (schedule.pk, month.after.code)


def test_what_was_due_before_it_was_laid_down_is_left_alone(
    laid: Callable[..., BriefingSchedule], month: Period
) -> None:
    schedule = laid(publish=True)
    BriefingSchedule.objects.update(since=month.last + dt.timedelta(days=1))
    assert scheduling.due(BriefingSchedule.objects.get(pk=schedule.pk)) is None
    assert scheduling.issue_due() == 0


def test_who_is_no_manager_any_more_publishes_nothing(
    laid: Callable[..., BriefingSchedule], chen: User, month: Period
) -> None:
    laid(publish=True)
    chen.role = User.Role.OFFICER
    chen.save(update_fields=["role"])
    assert scheduling.issue_due() == 0
    assert not Snapshot.objects.exists()


def test_it_is_changed_and_ended(
    laid: Callable[..., BriefingSchedule], world: World, manager: Caller, month: Period
) -> None:
    schedule = laid(publish=True)
    other = Caller(ManagerFactory(username="smith"))
    address = f"briefings/schedules/{schedule.pk}/"
    changed = other.patch(address, {"active": False, "subscribers": ["wang"]}, format="json").json()
    assert (changed["active"], changed["subscribers"], changed["owner"]) == (False, ["wang"], "smith")
    assert scheduling.issue_due() == 0
    entries = AuditEntry.objects.filter(action="briefing_schedule.change")
    assert other.patch(address, {"active": False}, format="json").status_code == 200
    assert entries.count() == 1
    again = other.patch(address, {"active": True}, format="json").json()
    assert again["since"] == today().isoformat()
    assert manager.post("briefings/schedules/", MONTHLY, format="json").json()["type"].endswith("already_exists")


def test_only_readers_of_the_bureau_are_subscribed(world: World, manager: Caller) -> None:
    AdminFactory(username="root")
    PartnerFactory(username="clerk")
    ManagerFactory(username="gone", is_active=False)
    for name in ("root", "clerk", "gone", "nobody"):
        answer = manager.post("briefings/schedules/", {**MONTHLY, "subscribers": [name]}, format="json")
        assert answer.status_code == 400, name
        assert answer.json()["errors"][0]["field"].startswith("subscribers")
    bad = manager.post("briefings/schedules/", {**MONTHLY, "working_days": 61}, format="json")
    assert bad.json()["errors"][0]["field"] == "working_days"

"""Schedules: what is set, and making and sending what is due, once for each schedule and period."""

import logging
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from backend import clock
from backend.accounts.models import User
from backend.accounts.scope import everything
from backend.audit.services import enter_audit
from backend.failures import log_failure
from backend.problems import AlreadyExists, FieldError, Invalid, NotFound, unique
from backend.web.templatetags.web import named
from programs.briefings import mailing, selectors, services
from programs.briefings.kinds import Kind, Period, finished
from programs.briefings.models import Briefing, BriefingIssue, BriefingSchedule, BriefingSubscriber
from programs.periods.calendar import add_working_days
from programs.snapshots import services as snapshots
from programs.snapshots.models import Snapshot
from programs.targets.models import Plan

logger = logging.getLogger(__name__)

MOST_WORKING_DAYS = 60
PUBLISHED_IN = "zh-hans"
"""The language in which a snapshot is titled that a schedule publishes: the bureau's own."""


@transaction.atomic
def create(
    *,
    actor: User,
    plan: Plan,
    kind: str,
    languages: Iterable[str],
    publish: bool = False,
    working_days: int = 5,
    subscribers: Iterable[User] = (),
) -> BriefingSchedule:
    """Lay down that briefings of a plan are made, from now on.

    Args:
        actor: a manager; in their name they are made and, with ``publish``, snapshots published.
        plan: whose figures.
        kind: of ``Kind``.
        languages: of ``Language``.
        publish: whether a snapshot is published for each period; otherwise one is waited for.
        working_days: how many after a period's last day, up to ``MOST_WORKING_DAYS``.
        subscribers: whom of the bureau they are sent to.

    Raises:
        Invalid: no language, days beyond their bounds, or a subscriber who may not read briefings.
        AlreadyExists: the plan has such a schedule in these languages.
    """
    _refuse_days(working_days)
    users = _readers(subscribers)
    with unique({"briefing_schedule_once": _("There is such a schedule in these languages already: change that one.")}):
        schedule = BriefingSchedule.objects.create(
            plan=plan,
            kind=Kind(kind),
            languages=services.ordered(languages),
            publish=publish,
            working_days=working_days,
            owner=actor,
            since=clock.today(),
        )
    _subscribe(schedule, users)
    enter_audit(action="briefing_schedule.create", subject=schedule, detail=told(schedule, users), actor=actor)
    return schedule


@transaction.atomic
def change(*, actor: User, schedule_id: int, **changes: Any) -> BriefingSchedule:
    """Change a schedule; whoever changes it answers for it from then on. What stays as it is, is not entered.

    Args:
        actor: a manager.
        schedule_id: which.
        changes: any of ``languages``, ``publish``, ``working_days``, ``active`` and ``subscribers``. One that is made
            active again begins with what becomes due from then on.

    Raises:
        NotFound: there is none.
        Invalid: as ``create``.
        AlreadyExists: as ``create``.
    """
    schedule = BriefingSchedule.objects.select_for_update().filter(pk=schedule_id).first()
    if schedule is None:
        raise NotFound
    before = told(schedule, [one.user for one in schedule.subscribers.select_related("user")])
    if "working_days" in changes:
        _refuse_days(changes["working_days"])
    if "languages" in changes:
        changes["languages"] = services.ordered(changes["languages"])
    users = _readers(changes.pop("subscribers")) if "subscribers" in changes else None
    if changes.get("active") and not schedule.active:
        schedule.since = clock.today()
    for name, value in changes.items():
        setattr(schedule, name, value)
    if users is not None:
        _subscribe(schedule, users)
    after = told(schedule, [one.user for one in schedule.subscribers.select_related("user")])
    if after == before:
        return schedule
    schedule.owner, schedule.changed_at = actor, clock.now()
    with unique({"briefing_schedule_once": _("There is such a schedule in these languages already: change that one.")}):
        schedule.save()
    enter_audit(action="briefing_schedule.change", subject=schedule, detail={"before": before, **after}, actor=actor)
    return schedule


def told(schedule: BriefingSchedule, users: Iterable[User]) -> dict[str, Any]:
    """A schedule as the trail tells it."""
    return {
        "plan": schedule.plan.code,
        "kind": str(schedule.kind),
        "languages": schedule.languages,
        "publish": schedule.publish,
        "working_days": schedule.working_days,
        "followed": schedule.active,
        "subscribers": sorted(one.username for one in users),
    }


def issue_due() -> int:
    """Make what is due by every schedule; how many briefings were issued. Whoever calls beside us is waited for."""
    with everything():
        keys = list(BriefingSchedule.objects.filter(active=True).order_by("pk").values_list("pk", flat=True))
    issued = 0
    for key in keys:
        try:
            with everything():
                services.take_turn()
                issued += _issue(key)
        except Exception as error:  # noqa: BLE001 - one schedule that fails holds up no other, and is tried again
            log_failure(logger, f"Schedule of briefings {key}", error)
    return issued


def due(schedule: BriefingSchedule) -> Period | None:
    """The period that a schedule is to make now, if it has one that is due and begun under it."""
    today = clock.today()
    period = finished(Kind(schedule.kind), today)
    if period.last < schedule.plan.starts_on or period.first > schedule.plan.ends_on:
        return None
    day = add_working_days(period.last, schedule.working_days)
    return period if schedule.since <= day <= today else None


def _issue(key: int) -> bool:
    schedule = BriefingSchedule.objects.select_related("plan", "owner").get(pk=key)
    period = due(schedule) if schedule.active else None
    if period is None or schedule.issues.filter(period=period.code).exists():
        return False
    snapshot = _snapshot(schedule, period)
    if snapshot is None:
        return False
    briefing = _briefing(schedule, snapshot)
    issue = BriefingIssue.objects.create(schedule=schedule, period=period.code, briefing=briefing)
    enter_audit(
        action="briefing.issue",
        subject=briefing,
        detail={"period": period.code, "schedule": schedule.pk, "snapshot": snapshot.number},
        actor=schedule.owner,
    )
    if briefing.files.exists():
        mailing.send(issue)
    return True


def _snapshot(schedule: BriefingSchedule, period: Period) -> Snapshot | None:
    standing = selectors.published_for(schedule.plan_id, period)
    if standing is not None or not schedule.publish:
        return standing
    owner = schedule.owner
    if not (owner.is_active and owner.role == User.Role.MANAGER):
        logger.warning("Schedule of briefings %s publishes nothing: its owner is no manager any more.", schedule.pk)
        return None
    with translation.override(PUBLISHED_IN):
        values = {"plan": named(schedule.plan), "period": period.label}
        return snapshots.publish(
            actor=owner,
            plan=schedule.plan,
            title=_("%(plan)s: figures of %(period)s") % values,
            note=_("Published by a schedule of briefings."),
            as_of=period.last,
        )


def _briefing(schedule: BriefingSchedule, snapshot: Snapshot) -> Briefing:
    try:
        return services.order(
            actor=schedule.owner,
            snapshot=snapshot,
            kind=schedule.kind,
            languages=schedule.languages,
            schedule=schedule,
        )
    except AlreadyExists as there:
        return Briefing.objects.get(pk=there.extra["existing"])


def _subscribe(schedule: BriefingSchedule, users: Iterable[User]) -> None:
    wanted = {one.pk: one for one in users}
    schedule.subscribers.exclude(user_id__in=wanted).delete()
    there = set(schedule.subscribers.values_list("user_id", flat=True))
    BriefingSubscriber.objects.bulk_create(
        BriefingSubscriber(schedule=schedule, user=one) for key, one in wanted.items() if key not in there
    )


def _readers(users: Iterable[User]) -> list[User]:
    found = list(users)
    if any(one.role not in selectors.READERS or not one.is_active for one in found):
        text = _("Briefings are sent to officers and managers of the bureau alone.")
        raise Invalid([FieldError("subscribers", "no_reader", text)])
    return found


def _refuse_days(working_days: int) -> None:
    if not 0 <= working_days <= MOST_WORKING_DAYS:
        text = _("Choose between 0 and %(most)d working days.") % {"most": MOST_WORKING_DAYS}
        raise Invalid([FieldError("working_days", "out_of_range", text)])

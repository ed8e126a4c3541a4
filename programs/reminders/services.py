"""Laying out reminders, sending those that are due, calling off what is not needed any more."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from backend import clock, locks
from backend.accounts import scope
from backend.accounts.history.closed import is_closed, refuse_closed
from backend.accounts.models import User
from backend.audit.services import enter_audit
from backend.messages import services as messages
from backend.messages.models import Channel, Delivery, Fate
from backend.problems import Conflict
from programs.periods.calendar import calendar
from programs.periods.models import Obligation
from programs.reminders import digests, quieting, telling, writing
from programs.reminders.going_out import Outgoing, about, end, later_on, overtaken, speaking
from programs.reminders.kinds.all_kinds import KINDS
from programs.reminders.kinds.obligations import subject_of
from programs.reminders.kinds.subject import BEHIND_DAYS, Subject, Window, key_of
from programs.reminders.ladder import must_wait, versions
from programs.reminders.laying_out import lay_down
from programs.reminders.models import Audience, LadderStage, Note, Reminder
from programs.reminders.planning import Plan, planned
from programs.reminders.recipients import Recipients
from programs.reminders.texts import message

# Whoever decides what goes out holds this, and whoever calls off waits for it. Any number that nothing else takes.
TICK = "reminders.tick"
BY_HAND = "by_hand"
State = Reminder.State
Delivered = Delivery.State
FOLLOWS = {
    Delivered.QUEUED: State.SENDING,
    Delivered.SENDING: State.SENDING,
    Delivered.SENT: State.SENT,
    Delivered.UNKNOWN: State.UNKNOWN,
    Delivered.FAILED: State.FAILED,
    Delivered.WITHDRAWN: State.CANCELLED,
}
NOTES: dict[tuple[str, str], Note] = {
    (Delivered.QUEUED, Fate.LATER): Note.PUT_OFF,
    (Delivered.UNKNOWN, Fate.UNKNOWN): Note.UNANSWERED,
    (Delivered.FAILED, Fate.LATER): Note.GIVEN_UP,
    (Delivered.FAILED, Fate.REFUSED): Note.REFUSED,
    (Delivered.FAILED, Fate.SUPPRESSED): Note.SUPPRESSED,
    (Delivered.WITHDRAWN, Fate.LATER): Note.SETTLED,
}


def _window(now: dt.datetime) -> Window:
    return Window(now, now, narrow=lambda rows: rows, bureau=True)


@transaction.atomic
def lay_out() -> int:
    """Lays out what is planned and not there yet; how many reminders were new. Repeating it changes nothing."""
    with scope.everything():
        return _lay_out(clock.now())[1]


def _lay_out(now: dt.datetime) -> tuple[Plan, int]:
    window = _window(now)
    plan = planned(window, versions(alive_at=now - dt.timedelta(days=BEHIND_DAYS)))
    return plan, lay_down(plan, window.started)


@transaction.atomic
def tick(*, wait: bool = False) -> int:
    """Lays out what is new and hands over what is due; how many messages that made. For beat, every minute.

    Two at once send nothing twice: the second leaves, or waits its turn with ``wait``. After an outage a recipient gets
    one message that names all that is outstanding; what else had become due meanwhile is passed over. What falls into
    quiet hours, days off or a time in which its organisation is left in peace waits until they are over.
    """
    with scope.everything():
        if not _take_turn(wait=wait):
            return 0
        now = clock.now()
        plan, _new = _lay_out(now)
        _let_go(plan)
        due = Reminder.objects.filter(state=State.SCHEDULED, due_at__lte=now).order_by("due_at", "pk")
        held = list(
            due.select_for_update(skip_locked=True, of=("self",)).select_related("obligation__period", "organisation")
        )
        queued = list(Reminder.objects.filter(state=State.SENDING, delivery__state=Delivered.QUEUED).order_by("pk"))
        if not held and not queued:
            return 0
        going = _going(held, queued, plan, now)
        collected, by_recipient = digests.sort_out(going, plan)
        outgoing = Outgoing()
        sent = digests.post_all(collected, plan, now, outgoing)
        sent += sum(_decide(rows, plan, now, outgoing) for rows in by_recipient.values())
        outgoing.post()
        return sent


def _going(held: Sequence[Reminder], queued: Sequence[Reminder], plan: Plan, now: dt.datetime) -> list[Reminder]:
    """Of what is due, what may go out now; what has not got through yet gives way to it.

    Args:
        queued: what was handed over and waits for the mail server.
    """
    days, quieted = calendar(), quieting.holding(now)
    going: list[Reminder] = []
    settled: list[Reminder] = []
    waiting: list[Reminder] = []
    for one in held:
        if not _is_owed(one, plan):
            settled.append(one)
        elif quieted.of(one.organisation_id, one.obligation_id):
            continue
        elif must_wait(days, now, plan.stage_of(one)):
            waiting.append(one)
        else:
            going.append(one)
    end(settled, State.CANCELLED, Note.SETTLED)
    over = {one.pk for one in overtaken([*going, *waiting, *queued], _coming(now))}
    end([one for one in [*going, *waiting] if one.pk in over], State.SKIPPED, Note.LATER_STAGE)
    _take_back([one for one in queued if one.pk in over])
    return [one for one in going if one.pk not in over]


def _coming(now: dt.datetime) -> list[Reminder]:
    """What falls due later today."""
    scheduled = Reminder.objects.filter(state=State.SCHEDULED, due_at__gt=now, due_at__lt=now + dt.timedelta(days=1))
    named = ("kind", "obligation", "about_id", "since", "channel", "audience", "recipient", "due_at")
    return later_on(now, scheduled.only(*named))


def _is_owed(one: Reminder, plan: Plan) -> bool:
    if one.about_id is not None:
        return key_of(one) in plan.subjects
    owed = one.obligation is not None and one.obligation.state == Obligation.State.MISSING
    return owed and not is_closed(one.organisation)


def _let_go(plan: Plan) -> None:
    """Withdraws what was handed over, has not gone out, and is about something that is no obligation and is over."""
    waiting = Reminder.objects.filter(about_id__isnull=False, state__in=[State.SENDING, State.UNKNOWN])
    over = [one.pk for one in waiting if key_of(one) not in plan.subjects]
    if over:
        _withdraw(Reminder.objects.filter(pk__in=over))


def _take_turn(*, wait: bool) -> bool:
    if wait:
        locks.hold(TICK)
        return True
    return locks.try_hold(TICK)


def _decide(rows: Sequence[Reminder], plan: Plan, now: dt.datetime, outgoing: Outgoing) -> int:
    """Which of one recipient's due reminders go out; how many did."""
    fresh, passed, stale = speaking(rows, now)
    end(passed, State.SKIPPED, Note.LATER_STAGE)
    end(stale, State.SKIPPED, Note.STALE)
    beside = [about(one, plan) for one in stale]
    for one in fresh:
        _post(one, about(one, plan), plan.stage_of(one), beside if one is fresh[0] else (), outgoing, now)
    return len(fresh)


def _post(
    reminder: Reminder,
    subject: Subject,
    stage: LadderStage | None,
    beside: Iterable[Subject],
    outgoing: Outgoing,
    now: dt.datetime,
) -> None:
    # What it is about is named by its obligation, or by the kind and the id of what else it is.
    own = reminder.obligation_id if reminder.about_id is None else f"{reminder.kind}-{reminder.about_id}"
    if stage is not None:
        reminder.policy_id = stage.policy_id
    outgoing.add(
        [reminder],
        message(reminder, subject, stage, beside, now.astimezone(clock.BUREAU).date()),
        key=f"reminder:{own}:{reminder.stage}:{reminder.channel}:{reminder.pk}",
        organisation_id=reminder.organisation_id,
    )


@transaction.atomic
def remind_now(*, actor: User, obligation: Obligation) -> list[Reminder]:
    """Writes to those who report, now; once a day, so that repeating it on the same day changes nothing.

    Raises:
        Conflict: nothing is missing, it is left in peace, its organisation is no more, or nobody can be written to.
    """
    owed = Obligation.objects.select_for_update(of=("self",)).select_related("organisation", "period")
    current = owed.get(pk=obligation.pk)
    if current.state != Obligation.State.MISSING:
        raise Conflict(
            _("The obligation is “%(state)s”; there is nothing to remind of.") % {"state": current.get_state_display()}
        )
    refuse_closed(current.organisation)
    now = clock.now()
    stage = f"{BY_HAND}:{now.astimezone(clock.BUREAU).date()}"
    earlier = list(Reminder.objects.filter(obligation=current, stage=stage).order_by("pk"))
    if earlier:
        return earlier
    quieted = quieting.standing(clock.today()).of(current.organisation_id, current.pk)
    if quieted is not None:
        told = {"organisation": current.organisation.code, "reason": quieted.reason}
        raise Conflict(_("%(organisation)s is left in peace: “%(reason)s”. Lift that first.") % told)
    rows = _by_hand(current, stage, now)
    if not rows:
        raise Conflict(
            _("%(organisation)s has no contact with an e-mail address. Add one first.")
            % {"organisation": current.organisation.code}
        )
    outgoing = Outgoing()
    for row in rows:
        row.save(force_insert=True)
        _post(row, subject_of(current), None, (), outgoing, now)
    outgoing.post()
    enter_audit(
        action="obligation.remind",
        subject=current,
        detail={"organisation": current.organisation.code, "period": current.period.code, "messages": len(rows)},
        actor=actor,
    )
    return rows


def _by_hand(owed: Obligation, stage: str, now: dt.datetime) -> list[Reminder]:
    subject = subject_of(owed)
    return [
        Reminder(
            organisation=owed.organisation,
            kind=owed.kind,
            obligation=owed,
            subject=KINDS[owed.kind].subject_line(subject, who.language),
            stage=stage,
            channel=Channel.EMAIL,
            audience=Audience.SUBMITTER,
            recipient=who.address,
            language=who.language,
            due_at=now,
        )
        for who in Recipients([owed.organisation]).of_submitters(owed.organisation_id)
    ]


@transaction.atomic
def call_off(*, obligation_id: int) -> int:
    """Cancels what is left for an obligation that is settled or gone, messages that still wait among it."""
    if Obligation.objects.filter(pk=obligation_id, state=Obligation.State.MISSING).exists():
        return 0
    # Somebody may be deciding right now who read that it is owed; what they post is withdrawn once it is there.
    _take_turn(wait=True)
    # Those of an obligation that is gone are nobody's any more.
    mine = Reminder.objects.filter(Q(obligation=obligation_id) | Q(obligation=None, about_id=None))
    _withdraw(mine)
    return mine.filter(state=State.SCHEDULED).update(state=State.CANCELLED, note=Note.SETTLED)


def _withdraw(rows: QuerySet[Reminder]) -> None:
    """Withdraws the messages of rows that wait, since nothing is owed any more."""
    handed_over = rows.filter(state__in=[State.SENDING, State.UNKNOWN]).values_list("delivery_id", flat=True)
    deliveries = [one for one in handed_over if one is not None]
    messages.withdraw(delivery_ids=deliveries)
    _end_withdrawn(rows, deliveries, State.CANCELLED, Note.SETTLED)


def _take_back(rows: Sequence[Reminder]) -> None:
    """Withdraws messages that no server has seen, since a later stage says the same."""
    if not rows:
        return
    deliveries = [one.delivery_id for one in rows if one.delivery_id is not None]
    messages.withdraw(delivery_ids=deliveries, untouched=True)
    mine = Reminder.objects.filter(pk__in=[one.pk for one in rows])
    _end_withdrawn(mine, deliveries, State.SKIPPED, Note.LATER_STAGE)


def _end_withdrawn(rows: QuerySet[Reminder], deliveries: Sequence[int], state: str, note: str) -> None:
    """Ends rows whose messages are withdrawn; what else a digest listed is scheduled again, for another one."""
    gone = {"state": State.SENDING, "delivery__state": Delivered.WITHDRAWN}
    rows.filter(**gone).update(state=state, note=note)
    Reminder.objects.filter(**gone, delivery__in=deliveries).update(state=State.SCHEDULED, delivery=None)


@transaction.atomic
def follow(*, delivery_ids: Sequence[int]) -> None:
    """Brings the reminders that messages carry in step with them.

    What a message listed that was called off while it was being sent, and did not get through, is scheduled again
    unless it is settled.
    """
    mine = Reminder.objects.filter(delivery__in=delivery_ids).exclude(state=State.CANCELLED).order_by("pk")
    held = mine.select_for_update(of=("self",)).select_related("delivery", "obligation")
    rows = list(held.defer("delivery__text", "delivery__html"))
    for row in rows:
        delivery = row.delivery
        assert delivery is not None
        row.state = FOLLOWS[Delivered(delivery.state)]
        row.attempts, row.sent_at = delivery.attempts, delivery.sent_at
        row.note = NOTES.get((delivery.state, delivery.fate), "")
        settled = row.obligation is not None and row.obligation.state != Obligation.State.MISSING
        if delivery.state == Delivered.WITHDRAWN and not settled:
            row.state, row.note, row.delivery = State.SCHEDULED, "", None
    writing.follow(rows)
    telling.sent([row.pk for row in rows if row.state == State.SENT])

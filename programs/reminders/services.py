"""Laying out reminders, sending those that are due, calling off what is not needed any more."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from backend import clock, locks
from backend.accounts import scope
from backend.accounts.models import User
from backend.audit.services import enter_audit
from backend.messages import services as messages
from backend.messages.models import Channel, Delivery, Fate
from backend.problems import Conflict
from programs.periods.calendar import calendar
from programs.periods.models import Obligation
from programs.reminders import writing
from programs.reminders.ladder import stage_moment
from programs.reminders.models import Audience, LadderStage, Note, Reminder
from programs.reminders.recipients import Recipients
from programs.reminders.texts import message, subject_of

# Whoever decides what goes out holds this, and whoever calls off waits for it. Any number that nothing else takes.
TICK = "reminders.tick"
AHEAD_DAYS, BEHIND_DAYS = 60, 30
"""How far before its due day a ladder is laid out, and how long after it one is still worth starting."""

STALE = dt.timedelta(hours=24)
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
Going = tuple[Reminder, Sequence[Obligation]]
"""What goes out, and what else it names that is outstanding."""


def planned(obligations: QuerySet[Obligation], now: dt.datetime, until: dt.datetime | None = None) -> list[Reminder]:
    """The ladders of the missing ones among ``obligations`` whose time is near, as rows that are not saved.

    Args:
        now: what fell due long before this is let be.
        until: what is due soon after this is near; now, if it is not given.
    """
    first, last = (moment.astimezone(clock.BUREAU).date() for moment in (now, until or now))
    near = obligations.filter(
        state=Obligation.State.MISSING,
        due_on__gte=first - dt.timedelta(days=BEHIND_DAYS),
        due_on__lte=last + dt.timedelta(days=AHEAD_DAYS),
    ).select_related("organisation", "period")
    owed = list(near.order_by("due_on", "id"))
    stages = defaultdict(list)
    for stage in LadderStage.objects.order_by("working_days", "pk"):
        stages[stage.kind].append(stage)
    days, recipients = calendar(), Recipients({one.organisation_id: one.organisation for one in owed}.values())
    moments: dict[tuple[dt.date, int], dt.datetime] = {}
    subjects: dict[tuple[int, str], str] = {}
    rows = []
    for one in owed:
        for stage in stages[one.kind]:
            key = one.due_on, stage.working_days
            if key not in moments:
                moments[key] = stage_moment(days, *key)
            rows += _rows(one, stage.code, stage.audience, stage.channel, recipients, moments[key], subjects)
    return rows


def _rows(
    owed: Obligation,
    stage: str,
    audience: str,
    channel: str,
    recipients: Recipients,
    due_at: dt.datetime,
    subjects: dict[tuple[int, str], str],
) -> list[Reminder]:
    told = recipients.of(owed.organisation_id, audience)
    for who in told:
        if (owed.pk, who.language) not in subjects:
            subjects[owed.pk, who.language] = subject_of(owed, who.language)
    return [
        Reminder(
            organisation=owed.organisation,
            obligation=owed,
            subject=subjects[owed.pk, who.language],
            stage=stage,
            channel=channel,
            audience=audience,
            recipient=who.address,
            language=who.language,
            due_at=due_at,
        )
        for who in told
    ]


@transaction.atomic
def lay_out() -> int:
    """Writes down what is planned and not there yet, moves what is due on another day now; how many were new.

    What is scheduled to an address that is no recipient any more is called off.
    """
    with scope.everything():
        return writing.lay_out(planned(Obligation.objects.all(), clock.now()))


@transaction.atomic
def tick(*, wait: bool = False) -> int:
    """Lays out what is new and hands over what is due; how many messages that made. For beat, every minute.

    Two at once send nothing twice: the second leaves, or waits its turn with ``wait``. After an outage a recipient gets
    one message that names all that is outstanding; what else had become due meanwhile is passed over.
    """
    with scope.everything():
        if not _take_turn(wait=wait):
            return 0
        lay_out()
        now = clock.now()
        due = Reminder.objects.filter(state=State.SCHEDULED, due_at__lte=now).order_by("due_at", "pk")
        held = list(
            due.select_for_update(skip_locked=True, of=("self",)).select_related(
                "obligation__period", "obligation__organisation", "organisation"
            )
        )
        by_recipient: dict[str, list[Reminder]] = defaultdict(list)
        for one in held:
            if one.obligation is None or one.obligation.state != Obligation.State.MISSING:
                _end([one], State.CANCELLED, Note.SETTLED)
            else:
                by_recipient[one.recipient.casefold()].append(one)
        going = [pair for rows in by_recipient.values() for pair in _decide(rows, now)]
        _post(going)
        return len(going)


def _take_turn(*, wait: bool) -> bool:
    if wait:
        locks.hold(TICK)
        return True
    return locks.try_hold(TICK)


def _decide(rows: Sequence[Reminder], now: dt.datetime) -> list[Going]:
    """Which of one recipient's due reminders go out."""
    latest: dict[tuple[int | None, str], Reminder] = {}
    for one in rows:
        latest[one.obligation_id, one.audience] = one
    going = [one for one in rows if latest[one.obligation_id, one.audience] is one]
    _end([one for one in rows if one not in going], State.SKIPPED, Note.LATER_STAGE)
    fresh = [one for one in going if now - one.due_at < STALE]
    stale = [one for one in going if one not in fresh]
    alive = [one for one in stale if now - one.due_at < dt.timedelta(days=BEHIND_DAYS)]
    if not fresh and alive:
        fresh = [alive[-1]]
        stale = [one for one in stale if one is not alive[-1]]
    _end(stale, State.SKIPPED, Note.STALE)
    beside = [one.obligation for one in stale if one.obligation is not None]
    return [(one, beside if one is fresh[0] else ()) for one in fresh]


def _end(rows: Iterable[Reminder], state: str, note: str) -> None:
    if ended := [one.pk for one in rows]:
        Reminder.objects.filter(pk__in=ended).update(state=state, note=note)


def _post(going: Sequence[Going]) -> None:
    today = clock.today()
    written = [(reminder, message(reminder, beside, today)) for reminder, beside in going]
    deliveries = messages.post_many(
        messages.Message(
            key=f"reminder:{reminder.obligation_id}:{reminder.stage}:{reminder.channel}:{reminder.pk}",
            organisation_id=reminder.organisation_id,
            recipient=reminder.recipient,
            language=reminder.language,
            subject=told.subject,
            text=told.text,
            html=told.html,
        )
        for reminder, told in written
    )
    posted = [reminder for reminder, _beside in going]
    for reminder, delivery in zip(posted, deliveries, strict=True):
        reminder.delivery, reminder.state = delivery, State.SENDING
    writing.hand_over(posted)


@transaction.atomic
def remind_now(*, actor: User, obligation: Obligation) -> list[Reminder]:
    """Writes to those who report, now; once a day, so that repeating it on the same day changes nothing.

    Raises:
        Conflict: nothing is missing, or nobody can be written to.
    """
    owed = Obligation.objects.select_for_update(of=("self",)).select_related("organisation", "period")
    current = owed.get(pk=obligation.pk)
    if current.state != Obligation.State.MISSING:
        raise Conflict(
            _("The obligation is “%(state)s”; there is nothing to remind of.") % {"state": current.get_state_display()}
        )
    now = clock.now()
    stage = f"{BY_HAND}:{now.astimezone(clock.BUREAU).date()}"
    earlier = list(Reminder.objects.filter(obligation=current, stage=stage).order_by("pk"))
    if earlier:
        return earlier
    recipients = Recipients([current.organisation])
    rows = _rows(current, stage, Audience.SUBMITTER, Channel.EMAIL, recipients, now, {})
    if not rows:
        raise Conflict(
            _("%(organisation)s has no contact with an e-mail address. Add one first.")
            % {"organisation": current.organisation.code}
        )
    for row in rows:
        row.save(force_insert=True)
    _post([(row, ()) for row in rows])
    enter_audit(
        action="obligation.remind",
        subject=current,
        detail={"organisation": current.organisation.code, "period": current.period.code, "messages": len(rows)},
        actor=actor,
    )
    return rows


@transaction.atomic
def call_off(*, obligation_id: int) -> int:
    """Cancels what is left for an obligation that is settled or gone, messages that still wait among it."""
    if Obligation.objects.filter(pk=obligation_id, state=Obligation.State.MISSING).exists():
        return 0
    # Somebody may be deciding right now who read that it is owed; what they post is withdrawn once it is there.
    _take_turn(wait=True)
    # Those of an obligation that is gone are nobody's any more.
    mine = Reminder.objects.filter(Q(obligation=obligation_id) | Q(obligation=None))
    handed_over = mine.filter(state__in=[State.SENDING, State.UNKNOWN]).values_list("delivery_id", flat=True)
    messages.withdraw(delivery_ids=[one for one in handed_over if one is not None])
    note = Note.SETTLED
    mine.filter(state=State.SENDING, delivery__state=Delivered.WITHDRAWN).update(state=State.CANCELLED, note=note)
    return mine.filter(state=State.SCHEDULED).update(state=State.CANCELLED, note=note)


@transaction.atomic
def follow(*, delivery_ids: Sequence[int]) -> None:
    """Brings reminders in step with their messages."""
    mine = Reminder.objects.filter(delivery__in=delivery_ids).exclude(state=State.CANCELLED).order_by("pk")
    rows = list(
        mine.select_for_update(of=("self",)).select_related("delivery").defer("delivery__text", "delivery__html")
    )
    for row in rows:
        delivery = row.delivery
        assert delivery is not None
        row.state = FOLLOWS[Delivered(delivery.state)]
        row.attempts, row.sent_at = delivery.attempts, delivery.sent_at
        row.note = NOTES.get((delivery.state, delivery.fate), "")
    writing.follow(rows)

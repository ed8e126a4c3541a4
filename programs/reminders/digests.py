"""One message a day that lists all, for who chose it and for the rungs that are so: a managers' digest."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from django.conf import settings
from django.db import transaction

from backend import clock
from backend.accounts import selectors as accounts
from backend.accounts.models import User
from backend.audit.services import enter_audit
from backend.messages.models import Channel, Delivery
from programs.reminders.going_out import Outgoing, about, end, latest
from programs.reminders.kinds.subject import BEHIND_DAYS
from programs.reminders.models import Audience, DigestChoice, Note, Reminder
from programs.reminders.planning import Plan
from programs.reminders.texts import digest

STAFF = (Audience.BUREAU, Audience.MANAGER)
By = dict[tuple[str, str, int | None], list[tuple[Reminder, dt.time]]]


def chosen() -> dict[tuple[str, str], dt.time]:
    """By channel and recipient, at what hour who chose a digest gets it."""
    found: dict[tuple[str, str], dt.time] = {}
    for one in DigestChoice.objects.filter(user__is_active=True).select_related("user"):
        found[Channel.INBOX, str(one.user_id)] = one.hour
        if one.user.email:
            found[Channel.EMAIL, one.user.email.casefold()] = one.hour
    return found


def sort_out(rows: Sequence[Reminder], plan: Plan) -> tuple[By, dict[tuple[str, str], list[Reminder]]]:
    """What is due, parted into what is collected, each with its hour, and what goes singly, by its recipient."""
    hours = chosen()
    collected: By = defaultdict(list)
    singly: dict[tuple[str, str], list[Reminder]] = defaultdict(list)
    for one in rows:
        to = one.channel, one.recipient.casefold()
        stage = plan.stage_of(one)
        hour = hours.get(to) or (stage.hour if stage is not None and stage.digest else None)
        if hour is None:
            singly[to].append(one)
        else:
            # What goes to a partner names nothing of another one, also where both have the same contact.
            own = None if one.audience in STAFF else one.organisation_id
            collected[*to, own].append((one, hour))
    return collected, singly


def post_all(collected: By, plan: Plan, now: dt.datetime, outgoing: Outgoing) -> int:
    """Posts the digests whose hour has come, one a day to each recipient; how many."""
    here = now.astimezone(clock.BUREAU)
    sent = 0
    for (channel, recipient, own), found in collected.items():
        rows = [one for one, hour in found if hour <= here.time()]
        if rows and not _had_today(channel, recipient, own, here.date()):
            sent += _post(rows, plan, now, own, outgoing)
    return sent


def _post(rows: Sequence[Reminder], plan: Plan, now: dt.datetime, own: int | None, outgoing: Outgoing) -> int:
    going, passed = latest(rows)
    end(passed, Reminder.State.SKIPPED, Note.LATER_STAGE)
    dead = [one for one in going if now - one.due_at >= dt.timedelta(days=BEHIND_DAYS)]
    end(dead, Reminder.State.SKIPPED, Note.STALE)
    listed = [(one, about(one, plan)) for one in going if one not in dead]
    if not listed:
        return 0
    first = listed[0][0]
    start = f"{_prefix(now.astimezone(clock.BUREAU).date())}{first.channel}:{first.pk}:"
    bureau = accounts.bureau() if own is None else None
    outgoing.add(
        [one for one, _subject in listed],
        digest(first.language, listed, f"{settings.SITE_URL.rstrip('/')}/", now.astimezone(clock.BUREAU).date()),
        # One that was withdrawn leaves its key behind.
        key=f"{start}{Delivery.objects.filter(key__startswith=start).count()}",
        organisation_id=own or (bureau.pk if bureau is not None else first.organisation_id),
    )
    return 1


def _prefix(day: dt.date) -> str:
    return f"digest:{day}:"


def _had_today(channel: str, recipient: str, own: int | None, day: dt.date) -> bool:
    rows = Reminder.objects.filter(
        channel=channel, recipient__iexact=recipient, delivery__key__startswith=_prefix(day)
    ).exclude(delivery__state=Delivery.State.WITHDRAWN)
    rows = rows.filter(audience__in=STAFF) if own is None else rows.filter(organisation=own).exclude(audience__in=STAFF)
    return rows.exists()


def choice(actor: User) -> DigestChoice | None:
    """What somebody has chosen: a digest, or nothing, which is single messages."""
    return DigestChoice.objects.filter(user=actor).first()


@transaction.atomic
def choose(*, actor: User, digest: bool, hour: dt.time = dt.time(9)) -> DigestChoice | None:
    """Chooses one message a day at an hour of the bureau's, or single ones. Choosing the same changes nothing."""
    there = DigestChoice.objects.select_for_update().filter(user=actor).first()
    if (there is None and not digest) or (there is not None and digest and there.hour == hour):
        return there
    if not digest:
        DigestChoice.objects.filter(user=actor).delete()
        made = None
    else:
        made, _new = DigestChoice.objects.update_or_create(
            user=actor, defaults={"hour": hour, "chosen_at": clock.now()}
        )
    detail = {"digest": digest, "hour": hour.isoformat("minutes") if digest else None}
    enter_audit(action="reminders.digest", subject=actor, detail=detail, actor=actor)
    return made

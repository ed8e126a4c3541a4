"""The weekly digest: administrators hear by mail who has seen identity numbers in full, once a week each."""

import datetime as dt

from django.conf import settings

from backend import clock, locks
from backend.accounts.models import User
from backend.accounts.scope import everything
from backend.clock import BUREAU
from backend.messages import services as messages
from talent.reveals.models import RevealDigest
from talent.reveals.selectors import monday_of, week
from talent.reveals.texts import digest

DIGEST = "reveals.digest"
HOUR = 8
"""From this hour of a Monday on the week before is told of."""

WEEKS_BACK = 4
"""After an outage so many weeks are told of that were not; older ones stand on the page."""


def tell() -> int:
    """Write to every administrator who has not been written to of a week that is over; how many letters.

    A row for each week and administrator decides, written with the letter in one transaction: whoever beats twice, or
    beats again after an outage, sends nothing twice. Where nobody saw a number nothing is sent, unless
    ``REVEALS_NONE_TOO`` asks for it.
    """
    told = 0
    with everything():
        locks.hold(DIGEST)
        now = clock.now().astimezone(BUREAU)
        this_week = monday_of((now - dt.timedelta(hours=HOUR)).date())
        admins = list(User.objects.filter(role=User.Role.ADMIN, is_active=True).exclude(email="").order_by("pk"))
        for monday in (this_week - dt.timedelta(weeks=back) for back in range(WEEKS_BACK, 0, -1)):
            told += _tell_of(monday, admins)
    return told


def _tell_of(monday: dt.date, admins: list[User]) -> int:
    already = set(RevealDigest.objects.filter(week=monday).values_list("user_id", flat=True))
    ends = dt.datetime.combine(monday + dt.timedelta(days=7), dt.time(), BUREAU)
    waiting = [one for one in admins if one.pk not in already and one.created_at < ends]
    if not waiting:
        return 0
    revealers = week(None, monday)
    if not revealers and not settings.REVEALS_NONE_TOO:
        return 0
    for admin in waiting:
        letter = digest(revealers, monday, admin.language)
        delivery = messages.post(
            key=f"reveals:{monday.isoformat()}:{admin.pk}",
            organisation_id=admin.organisation_id,
            recipient=admin.email,
            language=admin.language,
            subject=letter.subject,
            text=letter.text,
            html=letter.html,
        )
        RevealDigest.objects.create(
            week=monday, user=admin, delivery=delivery, reveals=sum(one.count for one in revealers)
        )
    return len(waiting)

"""Making and revoking the secret address of a calendar, and keeping what was published."""

import secrets
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from backend import clock
from backend.accounts.authentication import digest_of
from backend.accounts.models import Organisation, User
from backend.audit.services import enter_audit
from backend.problems import unique
from programs.feeds.models import CalendarFeed

SECRET_BYTES = 32

# An event is numbered anew whenever what was last given out is not what is so: RFC 5545, 3.8.7.4.
_PUBLISH = """
    INSERT INTO published_day AS published
        (organisation_id, period_id, kind, due_on, state, sequence, made_at, changed_at)
    SELECT owed.organisation_id, owed.period_id, owed.kind, owed.due_on, owed.state, 0, %(now)s, %(now)s
    FROM obligation owed LEFT JOIN published_day known USING (organisation_id, period_id, kind)
    WHERE owed.organisation_id = %(organisation)s
    AND (known.due_on, known.state) IS DISTINCT FROM (owed.due_on, owed.state)
    ON CONFLICT (organisation_id, period_id, kind) DO UPDATE
    SET due_on = excluded.due_on, state = excluded.state, sequence = published.sequence + 1, changed_at = %(now)s
    WHERE (published.due_on, published.state) IS DISTINCT FROM (excluded.due_on, excluded.state)
"""
_CANCEL = """
    UPDATE published_day AS published SET state = 'gone', sequence = sequence + 1, changed_at = %(now)s
    WHERE organisation_id = %(organisation)s AND state <> 'gone' AND NOT EXISTS (
        SELECT FROM obligation owed WHERE owed.organisation_id = published.organisation_id
        AND owed.period_id = published.period_id AND owed.kind = published.kind)
"""


@dataclass(frozen=True, slots=True)
class MadeFeed:
    """A new feed and its address in the clear, which is shown this once."""

    feed: CalendarFeed
    address: str


@transaction.atomic
def make_feed(*, actor: User, organisation: Organisation, language: str) -> MadeFeed:
    """Makes a new secret address for an organisation's calendar; the one that stood opens nothing from then on.

    Args:
        language: in which its events are written, ``zh-hans`` or ``en``.

    Raises:
        AlreadyExists: somebody made one at the same moment.
    """
    before = CalendarFeed.objects.filter(organisation=organisation, revoked_at=None)
    replaced = before.update(revoked_at=clock.now(), revoked_by=actor)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    with unique({"one_live_feed": _("Somebody made an address at this moment. Look again before you make another.")}):
        feed = CalendarFeed.objects.create(
            organisation=organisation, digest=digest_of(secret), language=language, made_by=actor
        )
    detail = {"organisation": organisation.code, "language": language, "replaced": bool(replaced)}
    enter_audit(action="calendar_feed.make", subject=feed, detail=detail, actor=actor)
    return MadeFeed(feed, settings.SITE_URL.rstrip("/") + reverse("web:calendar", args=[secret]))


@transaction.atomic
def revoke_feed(*, actor: User, feed: CalendarFeed) -> CalendarFeed:
    """Lets an address open nothing any more. Revoking twice changes nothing."""
    current = CalendarFeed.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=feed.pk)
    if current.revoked_at is not None:
        return current
    current.revoked_at, current.revoked_by = clock.now(), actor
    current.save(update_fields=["revoked_at", "revoked_by"])
    detail = {"organisation": current.organisation.code}
    enter_audit(action="calendar_feed.revoke", subject=current, detail=detail, actor=actor)
    return current


@transaction.atomic
def publish_days(*, organisation_id: int) -> None:
    """Brings what was published of an organisation's due days in step with what it owes, and numbers what changed."""
    values: dict[str, Any] = {"organisation": organisation_id, "now": clock.now()}
    with connection.cursor() as cursor:
        cursor.execute(_PUBLISH, values)
        cursor.execute(_CANCEL, values)

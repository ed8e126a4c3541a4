"""What an administrator looks after: who can sign in, who cannot be reached, what has failed."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, QuerySet

from backend import clock
from backend.accounts import selectors as accounts
from backend.accounts.filters import OrganisationFilter, UserFilter
from backend.accounts.models import User
from backend.audit import selectors as audit
from backend.jobs import selectors as jobs
from backend.jobs.models import Job
from backend.lists.filters import narrow
from backend.messages import selectors as messages

LOOKED_BACK_HOURS = 24
JOBS_LOOKED_AT = 1000
"""Failed jobs are counted among so many of the latest: there is no index on failure, and old failures are history."""
LISTED = 5
LOCKED, FAILED = "auth.locked", "auth.sign_in_failed"


@dataclass(frozen=True, slots=True)
class Attempts:
    """Failed attempts to sign in to one account; ``user`` is null where no account has the name that was typed."""

    user: User | None
    failed: int
    last: dt.datetime
    locked: bool
    locked_now: bool


@dataclass(frozen=True, slots=True)
class Sight:
    """All of it, at one moment."""

    users: int
    idle: int
    organisations: int
    without_users: int
    without_contact: int
    suppressed: int
    failed_sign_ins: int
    attempts: Sequence[Attempts]
    failed_jobs: int
    failures: Sequence[Job]


def look(actor: User) -> Sight:
    """What there is to look after now."""
    users, organisations = accounts.users(actor), accounts.organisations(actor)
    failures = _failures(actor)
    attempts = _attempts(actor)
    return Sight(
        users=users.filter(is_active=True).count(),
        idle=narrow(UserFilter, {"idle": True}, users).count(),
        organisations=organisations.count(),
        without_users=narrow(OrganisationFilter, {"without_users": True}, organisations).count(),
        without_contact=narrow(OrganisationFilter, {"without_contact": True}, organisations).count(),
        suppressed=messages.suppressed(actor).count(),
        failed_sign_ins=sum(one.failed for one in attempts),
        attempts=attempts[:LISTED],
        failed_jobs=failures.count(),
        failures=list(failures.select_related("organisation").order_by("-pk")[:LISTED]),
    )


def _failures(actor: User) -> QuerySet[Job]:
    latest = jobs.jobs(actor).order_by("-pk").values("pk")[:JOBS_LOOKED_AT]
    return jobs.jobs(actor).filter(pk__in=latest, state=Job.State.FAILED)


def _attempts(actor: User) -> list[Attempts]:
    """By account, those with a locking first, then by how many attempts failed."""
    now = clock.now()
    since = now - dt.timedelta(hours=LOOKED_BACK_HOURS)
    noted = (
        audit.entries(actor)
        .filter(at__gte=since, action__in=(FAILED, LOCKED))
        .order_by()
        .values("subject_id", "action")
        .annotate(times=Count("pk"), last=Max("at"))
    )
    by_account: dict[str, dict[str, Any]] = {}
    for row in noted:
        by_account.setdefault(row["subject_id"], {})[row["action"]] = row
    known = {str(one.pk): one for one in accounts.users(actor).filter(pk__in=[key for key in by_account if key])}
    held = now - dt.timedelta(seconds=settings.SIGN_IN_SECONDS)
    found = [
        Attempts(
            user=known.get(key),
            failed=rows.get(FAILED, {"times": 0})["times"],
            last=max(row["last"] for row in rows.values()),
            locked=LOCKED in rows,
            locked_now=LOCKED in rows and rows[LOCKED]["last"] > held,
        )
        for key, rows in by_account.items()
    ]
    return sorted(found, key=lambda one: (not one.locked, -one.failed))

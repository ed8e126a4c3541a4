"""The doctor's look at the jobs: none failed lately, none lies about."""

from collections.abc import Iterator

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backend.accounts.scope import everything
from backend.doctor.registry import Finding, attention, check, well, wrong

FAILED_DAYS = 7
WAITS_MINUTES, LIES_MINUTES = 10, 60
WITHOUT_LEASE_MINUTES = 2
SHOWN = 3


@check("jobs", gettext_lazy("Jobs"), rank=310, needs="database")
def jobs() -> Iterator[Finding]:
    """What failed within a week, what has waited for long, and what nobody holds although it is under way."""
    with everything(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, kind, error, finished_at > shugu_now() - interval '1 day' FROM job WHERE state = 'failed'"
            " AND finished_at > shugu_now() - make_interval(days => %s) ORDER BY id DESC",
            [FAILED_DAYS],
        )
        failed = cursor.fetchall()
        cursor.execute(
            "SELECT count(*), coalesce(extract(epoch FROM shugu_now() - min(created_at))::int / 60, 0) FROM job"
            " WHERE state = 'queued' AND created_at < shugu_now() - make_interval(mins => %s)",
            [WAITS_MINUTES],
        )
        waiting, minutes = cursor.fetchone()
        cursor.execute(
            "SELECT id, kind FROM job WHERE state = 'running'"
            " AND (lease_until IS NULL OR lease_until < shugu_now() - make_interval(mins => %s)) ORDER BY id",
            [WITHOUT_LEASE_MINUTES],
        )
        without = cursor.fetchall()
    for job_id, kind, error, lately in failed[:SHOWN]:
        tell = wrong if lately else attention
        yield tell(
            _("Job %(id)d (%(kind)s) failed: %(error)s") % {"id": job_id, "kind": kind, "error": error or "–"},
            _("Mend the cause, and order again what it was for: the file may be sent, the list handed in again."),
        )
    if len(failed) > SHOWN:
        yield attention(
            ngettext(
                "%(count)d more failed within a week.", "%(count)d more failed within a week.", len(failed) - SHOWN
            )
            % {"count": len(failed) - SHOWN},
            _("Look through them by GET /api/v1/jobs/?state=failed."),
        )
    if waiting:
        tell = wrong if minutes >= LIES_MINUTES else attention
        yield tell(
            ngettext(
                "%(count)d job has waited for up to %(minutes)d minutes.",
                "%(count)d jobs have waited for up to %(minutes)d minutes.",
                waiting,
            )
            % {"count": waiting, "minutes": minutes},
            _("See that a worker runs and what it is at; start a second one where there is only more than it can do."),
        )
    for job_id, kind in without[:SHOWN]:
        yield wrong(
            _("Job %(id)d (%(kind)s) is under way, and nobody holds it: its worker has died.")
            % {"id": job_id, "kind": kind},
            _("See that worker and beat run: the reconciler gives it to another worker within seconds."),
        )
    if not failed and not waiting and not without:
        yield well(_("None has failed within %(days)d days, and none lies about.") % {"days": FAILED_DAYS})

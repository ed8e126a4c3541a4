"""The doctor's look at the ledger: settled soon, and what a recount from the records comes to."""

import datetime as dt
from collections.abc import Iterator

from django.db import connection
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backend import clock
from backend.accounts.scope import everything
from backend.doctor.registry import Finding, attention, check, well, wrong
from programs.targets.models import RecountResult

COUNTED_HOURS = 36
WAITS_SECONDS, LIES_SECONDS = 120, 1800

MARKED = "SELECT count(*), coalesce(extract(epoch FROM shugu_now() - min(at)), 0)::int FROM person_change"
"""How many marks of changed persons wait for the settler, and how many seconds the first of them has waited."""


@check("ledger", gettext_lazy("Ledger"), rank=340, needs="database")
def ledger() -> Iterator[Finding]:
    """The last recount agreed, and persons are settled soon."""
    with everything(), connection.cursor() as cursor:
        result = RecountResult.objects.order_by("-pk").first()
        now = clock.now()
        cursor.execute(MARKED)
        marked, seconds = cursor.fetchone()
    if result is None:
        yield attention(
            _("Nobody was counted afresh yet."), _("Run “manage.py recount --check”, or wait for the night's recount.")
        )
    elif not result.agrees:
        yield wrong(
            _("The recount of %(age)s ago differs from the ledger.") % {"age": timesince(result.counted_at, now)},
            _("Run “manage.py recount --check”: it names targets and persons. Publish nothing until it is explained."),
        )
    elif now - result.counted_at > dt.timedelta(hours=COUNTED_HOURS):
        yield attention(
            _("Nobody was counted afresh for %(age)s.") % {"age": timesince(result.counted_at, now)},
            _("See that worker and beat run at night; run “manage.py recount --check”."),
        )
    else:
        yield well(_("The recount of %(age)s ago agreed.") % {"age": timesince(result.counted_at, now)})
    if seconds > WAITS_SECONDS:
        tell = wrong if seconds > LIES_SECONDS else attention
        yield tell(
            ngettext(
                "%(count)d mark of a changed person waits to be settled, for up to %(minutes)d minutes.",
                "%(count)d marks of changed persons wait to be settled, for up to %(minutes)d minutes.",
                marked,
            )
            % {"count": marked, "minutes": seconds // 60},
            _("See that worker and beat run; the worker's log says what keeps the settler (targets.settle)."),
        )

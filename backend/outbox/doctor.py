"""The doctor's look at the outbox: effects are carried out soon, and none was given up."""

from collections.abc import Iterator

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backend.accounts.scope import everything
from backend.doctor.registry import Finding, attention, check, well, wrong

WAITS_SECONDS, LIES_SECONDS = 120, 1800


@check("outbox", gettext_lazy("Outbox"), rank=311, needs="database")
def outbox() -> Iterator[Finding]:
    """How many effects wait and for how long, and which were set aside."""
    with everything(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), coalesce(extract(epoch FROM shugu_now() - min(stated_at)), 0)::int FROM effect"
            " WHERE done_at IS NULL AND set_aside_at IS NULL"
        )
        waiting, seconds = cursor.fetchone()
        cursor.execute(
            "SELECT topic, count(*), min(id) FROM effect WHERE set_aside_at > shugu_now() - interval '7 days'"
            " AND done_at IS NULL GROUP BY topic ORDER BY topic"
        )
        aside = cursor.fetchall()
    for topic, count, first in aside:
        yield wrong(
            ngettext(
                "%(count)d effect of “%(topic)s” was given up within a week, the first is %(first)d.",
                "%(count)d effects of “%(topic)s” were given up within a week, the first is %(first)d.",
                count,
            )
            % {"count": count, "topic": topic, "first": first},
            _("Read its error (table effect) and the worker's log, mend the cause; the runbook tells how it goes on."),
        )
    said = ngettext(
        "%(count)d effect waits, for up to %(seconds)d seconds.",
        "%(count)d effects wait, for up to %(seconds)d seconds.",
        waiting,
    ) % {"count": waiting, "seconds": seconds}
    if seconds > WAITS_SECONDS:
        tell = wrong if seconds > LIES_SECONDS else attention
        yield tell(said, _("See that worker and beat run; where they do, the worker's log says what fails."))
    elif not aside:
        yield well(said)

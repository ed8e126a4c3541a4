"""The doctor's look at what goes out: letters leave in time, and arrive."""

from collections.abc import Iterator

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backend.accounts.scope import everything
from backend.doctor.registry import Finding, attention, check, well, wrong
from backend.messages.models import SuppressedAddress

LATE_MINUTES = 10


@check("mail", gettext_lazy("Mail"), rank=320, needs="database")
def letters() -> Iterator[Finding]:
    """What failed within a day, what should have left, and where nothing goes any more."""
    with everything(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT channel, count(*), max(answer) FROM delivery WHERE state = 'failed'"
            " AND created_at > shugu_now() - interval '3 days' AND answered_at > shugu_now() - interval '1 day'"
            " GROUP BY channel ORDER BY channel"
        )
        failed = cursor.fetchall()
        cursor.execute(
            "SELECT count(*) FROM delivery WHERE state IN ('queued', 'sending')"
            " AND next_try_at < shugu_now() - make_interval(mins => %s)",
            [LATE_MINUTES],
        )
        (late,) = cursor.fetchone()
        suppressed = SuppressedAddress.objects.count()
    for channel, count, answer in failed:
        yield attention(
            ngettext(
                "%(count)d message by %(channel)s failed within a day; the last answer was: %(answer)s",
                "%(count)d messages by %(channel)s failed within a day; the last answer was: %(answer)s",
                count,
            )
            % {"count": count, "channel": channel, "answer": answer or "–"},
            _("Correct the address or the endpoint; the page “Reminders” says of each what became of it."),
        )
    if late:
        yield wrong(
            ngettext(
                "%(count)d message should have left more than %(minutes)d minutes ago.",
                "%(count)d messages should have left more than %(minutes)d minutes ago.",
                late,
            )
            % {"count": late, "minutes": LATE_MINUTES},
            _("See that worker and beat run, and that the mail server of EMAIL_URL can be reached from the worker."),
        )
    if suppressed:
        yield attention(
            ngettext(
                "Nothing goes to %(count)d address any more, because its mail server refused it.",
                "Nothing goes to %(count)d addresses any more, because their mail servers refused them.",
                suppressed,
            )
            % {"count": suppressed},
            _("Have the organisation correct the contact, then take the address off the list (administrator's desk)."),
        )
    if not failed and not late and not suppressed:
        yield well(_("All that was due has left."))

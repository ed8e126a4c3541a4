"""The doctor's look at the reminders: what is due has gone out."""

from collections.abc import Iterator

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backend.accounts.scope import everything
from backend.doctor.registry import Finding, check, well, wrong

LATE_MINUTES = 15

DUE = (
    "SELECT count(*), count(*) FILTER (WHERE due_at < shugu_now() - make_interval(mins => %s)) FROM reminder"
    " WHERE state = 'scheduled' AND due_at <= shugu_now()"
)
"""How many reminders are due and not decided on, and how many of them have been for so many minutes."""


@check("reminders", gettext_lazy("Reminders"), rank=350, needs="database")
def reminders() -> Iterator[Finding]:
    """None that is due lies about."""
    with everything(), connection.cursor() as cursor:
        cursor.execute(DUE, [LATE_MINUTES])
        due, late = cursor.fetchone()
    if late:
        yield wrong(
            ngettext(
                "%(count)d reminder has been due for more than %(minutes)d minutes.",
                "%(count)d reminders have been due for more than %(minutes)d minutes.",
                late,
            )
            % {"count": late, "minutes": LATE_MINUTES},
            _("See that beat and a worker run; the worker's log says what keeps “reminders.tick”."),
        )
    else:
        yield well(
            ngettext("%(count)d is due and goes out.", "%(count)d are due and go out.", due) % {"count": due}
            if due
            else _("None is due.")
        )

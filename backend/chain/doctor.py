"""The doctor's look at the audit trail's chain."""

import datetime as dt
from collections.abc import Iterator

from django.db import connection
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend import clock
from backend.accounts.scope import everything
from backend.chain.models import AuditExamination
from backend.chain.words import said
from backend.doctor.registry import Finding, attention, check, well, wrong

EXAMINED_HOURS = 36
UNSEALED_MINUTES = 5

UNSEALED = (
    "SELECT count(*), coalesce(extract(epoch FROM shugu_now() - min(at)), 0)::int FROM audit_entry"
    " WHERE id > coalesce((SELECT max(highest) FROM audit_seal), 0)"
)
"""How many entries came after the last seal, and how many seconds the first of them has waited."""


@check("audit-trail", gettext_lazy("Audit trail"), rank=330, needs="database")
def trail() -> Iterator[Finding]:
    """The last examination found it whole, and entries are sealed soon."""
    with everything(), connection.cursor() as cursor:
        examination = AuditExamination.objects.order_by("-pk").first()
        now = clock.now()
        cursor.execute(UNSEALED)
        unsealed, seconds = cursor.fetchone()
    amiss = False
    if examination is not None and examination.broken:
        amiss = True
        yield wrong(
            _("The trail is not what was sealed: %(what)s") % {"what": said(examination.broken)},
            _("Touch nothing; run “manage.py audit_verify --anchor FILE” with kept anchors, and tell the management."),
        )
    elif examination is None or now - examination.at > dt.timedelta(hours=EXAMINED_HOURS):
        amiss = True
        yield attention(
            _("The trail was not examined for %(age)s.") % {"age": timesince(examination.at, now)}
            if examination
            else _("The trail was not examined yet."),
            _("See that worker and beat run at night; the button on the page “Audit” has it examined now."),
        )
    if seconds > 60 * UNSEALED_MINUTES:
        amiss = True
        yield wrong(
            _("%(count)d entries wait for their seal, for up to %(minutes)d minutes.")
            % {"count": unsealed, "minutes": seconds // 60},
            _("See that worker and beat run, and that no transaction is left open."),
        )
    if not amiss:
        yield well(_("It is whole; %(count)d entries wait for the next seal.") % {"count": unsealed})

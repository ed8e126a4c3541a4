"""Returned records that nobody has mended: those of one organisation that were returned on one day, together.

The clock is the day of the return; it ends once none of them is returned any more: mended, taken back, decided anew.
"""

import datetime as dt

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from backend import clock
from backend.accounts.models import Organisation
from programs.records.models import Record
from programs.reminders.kinds.subject import Reminded, Subject, Window
from programs.reminders.models import Audience, Kind


class Returned(Reminded):
    """Returned records."""

    kind = Kind.RETURNED.value

    def open(self, window: Window) -> list[Subject]:
        rows = window.narrow(Record.objects.filter(state=Record.State.RETURNED, decided_at__gte=window.started))
        days = rows.annotate(day=TruncDate("decided_at", tzinfo=clock.BUREAU)).values("organisation", "day")
        found = list(days.annotate(count=Count("pk")).order_by("day", "organisation"))
        organisations = Organisation.objects.in_bulk({one["organisation"] for one in found})
        return [
            Subject(
                self.kind,
                organisations[one["organisation"]],
                one["day"],
                about_id=one["organisation"],
                since=dt.datetime.combine(one["day"], dt.time(), clock.BUREAU),
                count=one["count"],
            )
            for one in found
        ]

    def title(self, subject: Subject) -> str:
        return _("Records returned on %(day)s: %(organisation)s")

    def situation(self, subject: Subject, audience: str, today: dt.date) -> str:
        return _("%(count)s records of %(organisation)s were returned on %(day)s and have not been mended.")

    def what_to_do(self, subject: Subject, audience: str) -> str:
        if audience == Audience.MANAGER:
            return _("The bureau has been told; nothing is asked of you.")
        if audience == Audience.BUREAU:
            return _("Please get in touch with the partner.")
        return _("Please mend them as their reasons say and send them again, or take them back.")

    def path(self, subject: Subject, audience: str) -> str:
        return "/records/?state=returned"

"""Submissions that were checked and that nobody has confirmed.

The clock is the moment of the check; it ends once the submission is confirmed, or cancelled. What belongs to no
period is called by its template where a text names the period.
"""

import datetime as dt

from django.utils.translation import gettext as _

from backend import clock
from programs.reminders.kinds.subject import Reminded, Subject, Window
from programs.reminders.models import Audience, Kind
from programs.submissions.models import Submission
from programs.submissions.templates import name_of


class Unconfirmed(Reminded):
    """A checked submission."""

    kind = Kind.UNCONFIRMED.value
    placeholders = ("organisation", "period", "submission", "count", "day", "days", "link")

    def open(self, window: Window) -> list[Subject]:
        rows = window.narrow(Submission.objects.select_related("organisation", "period")).filter(
            status=Submission.Status.CHECKED, standing=True, checked_at__gte=window.started
        )
        return [
            Subject(
                self.kind,
                one.organisation,
                one.checked_at.astimezone(clock.BUREAU).date(),
                about_id=one.pk,
                since=one.checked_at,
                count=one.rows,
                named=(("period", one.period_code), ("template", one.template), ("submission", str(one.pk))),
            )
            for one in rows.defer("meta").order_by("checked_at", "pk")
            if one.checked_at is not None
        ]

    def title(self, subject: Subject) -> str:
        return _("Submission %(submission)s for %(period)s waits to be confirmed: %(organisation)s")

    def title_names(self, subject: Subject, language: str) -> dict[str, str]:
        names = super().title_names(subject, language)
        return names | {"period": names["period"] or name_of(names["template"])}

    def situation(self, subject: Subject, audience: str, today: dt.date) -> str:
        return _(
            "Submission %(submission)s of %(organisation)s for %(period)s was checked on %(day)s and has not been"
            " confirmed; none of its %(count)s rows has been taken."
        )

    def what_to_do(self, subject: Subject, audience: str) -> str:
        if audience == Audience.MANAGER:
            return _("The bureau has been told; nothing is asked of you.")
        if audience == Audience.BUREAU:
            return _("Please get in touch with the partner.")
        return _("Please confirm it, or cancel it.")

    def path(self, subject: Subject, audience: str) -> str:
        return f"/submissions/{subject.about_id}/"

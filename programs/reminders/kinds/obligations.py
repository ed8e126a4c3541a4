"""Obligations: a report that is due, a proof of stay. The clock is the due day; it ends once nothing is missing."""

import datetime as dt

from django.utils.translation import gettext as _

from backend import clock
from programs.periods.models import Obligation
from programs.reminders.kinds.subject import AHEAD_DAYS, BEHIND_DAYS, Reminded, Subject, Window, day_of, name_of
from programs.reminders.models import Audience, Kind


class Report(Reminded):
    """A report of a period."""

    kind = Kind.REPORTING.value
    placeholders = ("organisation", "period", "due", "start", "end", "days", "link")

    def open(self, window: Window) -> list[Subject]:
        first, last = (moment.astimezone(clock.BUREAU).date() for moment in (window.now, window.until))
        near = window.narrow(Obligation.objects.select_related("organisation", "period")).filter(
            kind=self.kind,
            state=Obligation.State.MISSING,
            due_on__gte=first - dt.timedelta(days=BEHIND_DAYS),
            due_on__lte=last + dt.timedelta(days=AHEAD_DAYS),
        )
        return [subject_of(one) for one in near.order_by("due_on", "id")]

    def names(self, subject: Subject, language: str, audience: str, today: dt.date) -> dict[str, str]:
        owed = _obligation(subject)
        return {
            **super().names(subject, language, audience, today),
            "due": day_of(owed.due_on),
            "start": day_of(owed.period.starts_on),
            "end": day_of(owed.period.ends_on),
        }

    def title_names(self, subject: Subject, language: str) -> dict[str, str]:
        return {"organisation": name_of(subject.organisation, language), "period": _obligation(subject).period.code}

    def title(self, subject: Subject) -> str:
        return _("Report for %(period)s: %(organisation)s")

    def situation(self, subject: Subject, audience: str, today: dt.date) -> str:
        late = subject.day < today
        if audience == Audience.SUBMITTER:
            if late:
                return _("The report of %(organisation)s for %(period)s was due on %(due)s and has not come.")
            return _("The report of %(organisation)s for %(period)s (%(start)s to %(end)s) is due on %(due)s.")
        return _("%(organisation)s has not reported for %(period)s, which was due on %(due)s, in spite of reminders.")

    def what_to_do(self, subject: Subject, audience: str) -> str:
        if audience == Audience.MANAGER:
            return _("The bureau has been told; nothing is asked of you.")
        if audience == Audience.BUREAU:
            return _("Please get in touch with the partner, or excuse it with a reason.")
        if audience == Audience.LEADER:
            return _(
                "Please see to it that the report is sent, or that somebody confirms that there is nothing to report."
            )
        return _("Please upload it, or confirm that there is nothing to report. If it has just been sent, ignore this.")

    def path(self, subject: Subject, audience: str) -> str:
        """The partner's own obligations, or all that are missing."""
        mine = audience in (Audience.SUBMITTER, Audience.LEADER)
        return "/obligations/" if mine else "/obligations/?state=missing"


class Retention(Report):
    """A proof that somebody who was introduced is still there."""

    kind = Kind.RETENTION.value

    def title(self, subject: Subject) -> str:
        return _("Proof of stay for %(period)s: %(organisation)s")

    def situation(self, subject: Subject, audience: str, today: dt.date) -> str:
        if subject.day < today:
            return _("The proof of stay of %(organisation)s for %(period)s was due on %(due)s and has not come.")
        return _("The proof of stay of %(organisation)s for %(period)s is due on %(due)s.")

    def what_to_do(self, subject: Subject, audience: str) -> str:
        if audience in (Audience.BUREAU, Audience.MANAGER):
            return super().what_to_do(subject, audience)
        return _("Please say who of those whom you introduced is still with you. If it has been said, ignore this.")

    def path(self, subject: Subject, audience: str) -> str:
        """The form for the period's people, or all that are missing."""
        if audience in (Audience.SUBMITTER, Audience.LEADER):
            return f"/retention/periods/{_obligation(subject).period.code}/"
        return "/obligations/?kind=retention&state=missing"


def subject_of(owed: Obligation) -> Subject:
    """An obligation as what is reminded of; with its organisation and period."""
    return Subject(owed.kind, owed.organisation, owed.due_on, obligation=owed)


def _obligation(subject: Subject) -> Obligation:
    if subject.obligation is None:
        raise ValueError("this is no obligation")
    return subject.obligation

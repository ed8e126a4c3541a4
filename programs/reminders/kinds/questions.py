"""Questions that nobody has answered: threads that wait for one side, and match questions that wait for officers."""

import datetime as dt

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from backend import clock
from backend.accounts import selectors as accounts
from programs.records.threads import Thread
from programs.reminders.kinds.subject import Reminded, Subject, Window
from programs.reminders.models import Audience, Kind
from talent.people.models import MatchCase


class Threads(Reminded):
    """A thread that waits for the partner. The clock is what was said last; it ends with an answer, or when closed."""

    kind = Kind.THREADS.value
    placeholders = ("organisation", "thread", "day", "days", "link")

    def open(self, window: Window) -> list[Subject]:
        rows = window.narrow(Thread.objects.select_related("organisation")).filter(
            state=Thread.State.OPEN, moved_at__gte=window.started
        )
        return [
            Subject(
                self.kind,
                one.organisation,
                one.moved_at.astimezone(clock.BUREAU).date(),
                about_id=one.pk,
                since=one.moved_at,
                named=(("thread", str(one.pk)),),
            )
            for one in rows.order_by("moved_at", "pk")
        ]

    def title(self, subject: Subject) -> str:
        return _("Question %(thread)s waits for an answer: %(organisation)s")

    def situation(self, subject: Subject, audience: str, today: dt.date) -> str:
        return _("The bureau asked %(organisation)s on %(day)s (question %(thread)s) and has had no answer.")

    def what_to_do(self, subject: Subject, audience: str) -> str:
        if audience == Audience.MANAGER:
            return _("The bureau has been told; nothing is asked of you.")
        if audience == Audience.BUREAU:
            return _("Please get in touch with the partner, or close the question.")
        return _("Please read the question and answer it.")

    def path(self, subject: Subject, audience: str) -> str:
        return f"/threads/{subject.about_id}/"


class Matches(Reminded):
    """Match questions opened on one day. The clock is that day; it ends once all of them are answered.

    They are the bureau's own: no partner learns that there are any.
    """

    kind = Kind.MATCHES.value
    placeholders = ("count", "day", "days", "link")
    audiences = frozenset({Audience.BUREAU.value, Audience.MANAGER.value})

    def open(self, window: Window) -> list[Subject]:
        bureau = accounts.bureau()
        if not window.bureau or bureau is None:
            return []
        rows = MatchCase.objects.filter(state=MatchCase.State.OPEN, opened_at__gte=window.started)
        days = rows.annotate(day=TruncDate("opened_at", tzinfo=clock.BUREAU)).values("day")
        return [
            Subject(
                self.kind,
                bureau,
                one["day"],
                about_id=bureau.pk,
                since=dt.datetime.combine(one["day"], dt.time(), clock.BUREAU),
                count=one["count"],
            )
            for one in days.annotate(count=Count("pk")).order_by("day")
        ]

    def title(self, subject: Subject) -> str:
        return _("Match questions of %(day)s are open")

    def situation(self, subject: Subject, audience: str, today: dt.date) -> str:
        return _("%(count)s match questions opened on %(day)s have not been answered.")

    def what_to_do(self, subject: Subject, audience: str) -> str:
        if audience == Audience.MANAGER:
            return _("The bureau has been told; nothing is asked of you.")
        return _("Please say of each whether the two are one person.")

    def path(self, subject: Subject, audience: str) -> str:
        return "/matches/?state=open"

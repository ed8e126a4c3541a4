"""Pages about reminders: what went out and what came of it, and what will go out until a day."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend import clock
from backend.accounts import selectors as accounts
from backend.accounts.models import Organisation
from backend.messages.answers import told
from backend.messages.deliveries.selectors import called, recipients
from backend.problems import FieldError, Invalid
from backend.web.base import EVERYONE
from backend.web.lists import Label, ListPage
from backend.web.templatetags.web import named
from programs.desks.officer.words import STAGES, stage
from programs.reminders import selectors
from programs.reminders.filters import ReminderFilter
from programs.reminders.models import Audience, Reminder

LOOK_AHEAD_DAYS = 30
AUDIENCES = dict(Audience.choices)


class Reminders(ListPage):
    """Reminders, the latest due first; partners see those about their own reports."""

    roles = {"GET": EVERYONE}
    template = "desks/officer/reminders.html"
    part = "desks/officer/reminders_part.html"
    name = "reminders"
    plain = False
    filterset_class = ReminderFilter
    choosing = {
        "state": lazy("State"),
        "organisation": lazy("Organisation"),
        "audience": lazy("To whom"),
        "stage": lazy("Stage"),
    }
    ordering = ("-due_at", "-id")
    headings = {
        "due_at": lazy("Due at"),
        "organisation": lazy("Organisation"),
        "subject": lazy("Subject"),
        "stage": lazy("Stage"),
        "audience": lazy("To whom"),
        "recipient": lazy("Recipient"),
        "state": lazy("State"),
        "note": lazy("Note"),
        "attempts": lazy("Attempts"),
        "sent_at": lazy("Sent at"),
    }

    def rows(self) -> Any:
        return selectors.reminders(self.actor).select_related("obligation__period", "organisation", "delivery")

    def present(self, rows: Sequence[Reminder]) -> Sequence[Any]:
        names = recipients(rows)
        return [
            {
                "reminder": one,
                "stage": stage(one.stage),
                "to": names[one.pk],
                "answer": told(one.delivery.answer) if one.delivery else "",
            }
            for one in rows
        ]

    def cells(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        one: Reminder = row["reminder"]
        return {
            "due_at": one.due_at,
            "organisation": one.organisation.code,
            "subject": one.subject,
            "stage": row["stage"],
            "audience": one.get_audience_display(),
            "recipient": row["to"],
            "state": one.get_state_display(),
            "note": one.get_note_display(),
            "attempts": one.attempts,
            "sent_at": one.sent_at,
        }

    def choices(self) -> Mapping[str, Sequence[tuple[str, Label]]]:
        partners = accounts.organisations(self.actor).exclude(kind=Organisation.Kind.BUREAU).order_by("code")
        return {
            "organisation": [(one.code, f"{named(one)} · {one.code}") for one in partners],
            "stage": list(STAGES.items()),
        }

    def offered(self) -> list[Any]:
        return [one for one in super().offered() if self.actor.sees_everything or one.name != "organisation"]

    def more(self) -> Mapping[str, Any]:
        chosen = self.chosen().get("state", [])
        told = (
            (_("Scheduled"), "?state=scheduled", chosen == ["scheduled"]),
            (_("Sent"), "?state=sent", chosen == ["sent"]),
            (_("Did not arrive"), "?state=failed&state=unknown", chosen == ["failed", "unknown"]),
            (_("All"), self.request.path, not self.chosen()),
        )
        return {"tabs": [{"label": label, "url": url, "here": here} for label, url, here in told]}


class Preview(ListPage):
    """What will have gone out by the end of a day if nothing is reported until then."""

    roles = {"GET": EVERYONE}
    template = "desks/officer/reminders_preview.html"
    parameters = ("at",)
    name = "reminders-preview"
    headings = {
        "due_at": lazy("Due at"),
        "organisation": lazy("Organisation"),
        "organisation_name": lazy("Name of the organisation"),
        "subject": lazy("About"),
        "stage": lazy("Stage"),
        "recipient": lazy("Recipient"),
        "audience": lazy("Audience"),
        "channel": lazy("Channel"),
    }

    def rows(self) -> list[dict[str, Any]]:
        return selectors.preview(self.actor, self._until())

    def present(self, rows: Sequence[Mapping[str, Any]]) -> Sequence[Any]:
        codes = {row["organisation"] for row in rows}
        names = {one.code: named(one) for one in accounts.organisations(self.actor).filter(code__in=codes)}
        to = called((row["channel"], row["recipient"]) for row in rows)
        return [
            {
                **row,
                "recipient": to[row["channel"], row["recipient"]],
                "organisation_name": names.get(row["organisation"], row["organisation"]),
                "stage": stage(row["stage"]),
                "audience": AUDIENCES[row["audience"]],
            }
            for row in rows
        ]

    def cells(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**row, "stage": str(row["stage"]), "audience": str(row["audience"])}

    def more(self) -> Mapping[str, Any]:
        return {"until": self._until().astimezone(clock.BUREAU).date(), "today": clock.today()}

    def _until(self) -> dt.datetime:
        """The moment that the address asks for; a day is asked for to its end. A month from now, if none is."""
        text = self.request.GET.get("at", "").strip()
        try:
            day = parse_date(text) if text else clock.today() + dt.timedelta(days=LOOK_AHEAD_DAYS)
            moment = parse_datetime(text) if day is None else dt.datetime.combine(day, dt.time.max)
        except (ValueError, OverflowError):
            moment = None
        if moment is None:
            raise Invalid([FieldError("at", "invalid", _("A day is expected, such as 2019-04-30."))])
        return moment if timezone.is_aware(moment) else moment.replace(tzinfo=clock.BUREAU)

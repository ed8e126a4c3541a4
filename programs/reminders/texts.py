"""What a reminder says, in its recipient's language."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from programs.periods.models import Obligation
from programs.reminders.models import Audience, Reminder


@dataclass(frozen=True, slots=True)
class Written:
    """A message in both its forms."""

    subject: str
    text: str
    html: str


def name_of(owed: Obligation, language: str) -> str:
    """The organisation's name in a language."""
    english = language == "en" and owed.organisation.name_en
    return owed.organisation.name_en if english else owed.organisation.name_zh


def subject_of(owed: Obligation, language: str) -> str:
    """What a reminder is about, in one line."""
    with translation.override(language):
        told = {"organisation": name_of(owed, language), "period": owed.period.code}
        return (_("Report for %(period)s: %(organisation)s") % told)[:200]


def message(reminder: Reminder, beside: Iterable[Obligation], today: dt.date) -> Written:
    """The message of a reminder.

    Args:
        reminder: with its obligation, period and organisation.
        beside: further obligations that are outstanding and have no message of their own.
        today: the day it is written, by which it is late or not.
    """
    owed = reminder.obligation
    if owed is None:
        raise ValueError(f"reminder {reminder.pk} has no obligation any more")
    with translation.override(reminder.language):
        named = {
            "organisation": name_of(owed, reminder.language),
            "period": owed.period.code,
            "due": _day(owed.due_on),
            "start": _day(owed.period.starts_on),
            "end": _day(owed.period.ends_on),
        }
        lines = [_situation(owed, reminder.audience, today) % named, _what_to_do(reminder.audience) % named]
        also = [
            _("%(organisation)s, %(period)s, due on %(due)s")
            % {"organisation": name_of(one, reminder.language), "period": one.period.code, "due": _day(one.due_on)}
            for one in {one.pk: one for one in beside if one.pk != owed.pk}.values()
        ]
        heading = _("Also outstanding:")
        greeting, ending = _("Good day,"), _("Guiyang Big Data Talent, on behalf of the HR bureau")
    text = "\n\n".join([greeting, *lines, *([heading + "\n" + "\n".join(f"- {one}" for one in also)] if also else [])])
    paragraphs = format_html_join("", "<p>{}</p>", ((line,) for line in (greeting, *lines)))
    items = format_html_join("", "<li>{}</li>", ((one,) for one in also))
    listed = format_html("<p>{}</p><ul>{}</ul>", heading, items) if also else ""
    address = _address(reminder.audience)
    html = format_html(
        '<!doctype html><html lang="{}"><body>{}{}<p><a href="{}">{}</a></p><p>{}</p></body></html>',
        reminder.language,
        paragraphs,
        listed,
        address,
        address,
        ending,
    )
    return Written(reminder.subject, f"{text}\n\n{address}\n\n-- \n{ending}\n", html)


def _day(day: dt.date) -> str:
    # Translators: how a date is written, in Django's letters.
    return date_format(day, _("j F Y"))


def _address(audience: str) -> str:
    """Where something can be done about it: the partner's own obligations, or all that are missing."""
    query = "?state=missing" if audience == Audience.BUREAU else ""
    return f"{settings.SITE_URL.rstrip('/')}/obligations/{query}"


def _situation(owed: Obligation, audience: str, today: dt.date) -> str:
    late = owed.due_on < today
    if audience == Audience.SUBMITTER:
        if late:
            return _("The report of %(organisation)s for %(period)s was due on %(due)s and has not come.")
        return _("The report of %(organisation)s for %(period)s (%(start)s to %(end)s) is due on %(due)s.")
    return _("%(organisation)s has not reported for %(period)s, which was due on %(due)s, in spite of reminders.")


def _what_to_do(audience: str) -> str:
    if audience == Audience.BUREAU:
        return _("Please get in touch with the partner, or excuse it with a reason.")
    if audience == Audience.LEADER:
        return _("Please see to it that the report is sent, or that somebody confirms that there is nothing to report.")
    return _("Please upload it, or confirm that there is nothing to report. If it has just been sent, ignore this.")

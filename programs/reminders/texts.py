"""What a reminder says, in its recipient's language."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programs.reminders.kinds.all_kinds import KINDS
from programs.reminders.kinds.subject import Subject, day_of, name_of
from programs.reminders.models import LadderStage, Reminder
from programs.reminders.templates import filled_in, own_words


@dataclass(frozen=True, slots=True)
class Written:
    """A message in both its forms."""

    subject: str
    text: str
    html: str


def message(
    reminder: Reminder, subject: Subject, stage: LadderStage | None, beside: Iterable[Subject], today: dt.date
) -> Written:
    """The message of a reminder.

    Args:
        subject: what it is about.
        stage: its rung, which may have words of the bureau's own.
        beside: what else is outstanding and has no message of its own.
        today: the day on which it goes out.
    """
    kind = KINDS[subject.kind]
    own_subject, own_text = own_words(stage, reminder.language)
    with translation.override(reminder.language):
        names = kind.names(subject, reminder.language, reminder.audience, today)
        address = names["link"]
        if own_text:
            paragraphs = [part.strip() for part in filled_in(own_text, names).split("\n\n") if part.strip()]
        else:
            said = kind.situation(subject, reminder.audience, today) % names
            paragraphs = [_("Good day,"), said, kind.what_to_do(subject, reminder.audience) % names]
        line = filled_in(own_subject, names) if own_subject else reminder.subject
        also = [
            _line(one, reminder.language) for one in {one.key: one for one in beside if one.key != subject.key}.values()
        ]
        heading, ending = _("Also outstanding:"), _("Guiyang Big Data Talent, on behalf of the HR bureau")
    return _written(reminder.language, line, paragraphs, heading, also, address, ending)


def digest(language: str, listed: Sequence[tuple[Reminder, Subject]], address: str, today: dt.date) -> Written:
    """One message that lists all that is outstanding on a day, in the order of its clocks."""
    with translation.override(language):
        lines = []
        for reminder, subject in sorted(listed, key=lambda one: (one[1].day, one[0].pk or 0)):
            kind = KINDS[subject.kind]
            names = kind.names(subject, language, reminder.audience, today)
            lines.append(kind.situation(subject, reminder.audience, today) % names)
        lines = list(dict.fromkeys(lines))
        told = ngettext("%(n)d thing is outstanding", "%(n)d things are outstanding", len(lines)) % {"n": len(lines)}
        ending = _("Guiyang Big Data Talent, on behalf of the HR bureau")
        greeting, heading = _("Good day,"), _("This is outstanding today:")
    return _written(language, told, [greeting], heading, lines, address, ending)


def _written(
    language: str,
    line: str,
    paragraphs: Sequence[str],
    heading: str,
    items: Sequence[str],
    address: str,
    ending: str,
) -> Written:
    # Where the bureau's own words name the address, it does not stand below them once more.
    below = [] if any(address in one for one in paragraphs) else [address]
    listed = [heading + "\n" + "\n".join(f"- {one}" for one in items)] if items else []
    text = "\n\n".join([*paragraphs, *listed, *below])
    said = format_html_join("", "<p>{}</p>", ((_lines(one, address),) for one in [*paragraphs, *below]))
    points = format_html_join("", "<li>{}</li>", ((one,) for one in items))
    html = format_html(
        '<!doctype html><html lang="{}"><body>{}{}<p>{}</p></body></html>',
        language,
        said,
        format_html("<p>{}</p><ul>{}</ul>", heading, points) if items else "",
        ending,
    )
    return Written(line, f"{text}\n\n-- \n{ending}\n", html)


def _lines(paragraph: str, address: str) -> SafeString:
    link = format_html('<a href="{}">{}</a>', address, address)
    lines = (format_html_join(link, "{}", ((part,) for part in line.split(address))) for line in paragraph.splitlines())
    return format_html_join(SafeString("<br>"), "{}", ((one,) for one in lines))


def _line(subject: Subject, language: str) -> str:
    """Something outstanding in one line, in the language that is active."""
    if subject.obligation is None:
        return KINDS[subject.kind].subject_line(subject, language)
    return _("%(organisation)s, %(period)s, due on %(due)s") % {
        "organisation": name_of(subject.organisation, language),
        "period": subject.obligation.period.code,
        "due": day_of(subject.day),
    }

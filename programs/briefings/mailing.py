"""Sending a briefing to a schedule's subscribers: once each, in their own language, with links to its files."""

from dataclasses import dataclass

from django.utils import translation
from django.utils.html import escape, format_html, format_html_join, linebreaks
from django.utils.translation import gettext as _

from backend.accounts.models import User
from backend.messages.models import Channel, Delivery
from backend.messages.services import Message, post_many
from programs.briefings import numbers, references
from programs.briefings.kinds import parsed
from programs.briefings.models import Briefing, BriefingFile, BriefingIssue, Form, Language
from programs.briefings.selectors import READERS
from programs.briefings.wording import title
from programs.snapshots.showing import label_of
from programs.snapshots.telling import joined


@dataclass(frozen=True, slots=True)
class Letter:
    """A message in both its forms."""

    subject: str
    text: str
    html: str


def send_made(briefing_id: int) -> int:
    """Send a briefing, whose files are made, to those whose schedules have issued it; how many messages."""
    issues = BriefingIssue.objects.filter(briefing_id=briefing_id).order_by("pk")
    return sum(send(issue) for issue in issues)


def send(issue: BriefingIssue) -> int:
    """Write to a schedule's subscribers, in the caller's transaction; how many messages are new.

    Who has an address gets mail, everybody else a message in the inbox. The key of a message stands for the issue and
    the user, so none goes out twice.
    """
    briefing = Briefing.objects.select_related("snapshot__plan").get(pk=issue.briefing_id)
    files = list(briefing.files.order_by("language", "form"))
    users = User.objects.filter(pk__in=issue.schedule.subscribers.values("user_id"), role__in=READERS, is_active=True)
    keys = {f"briefing:{issue.pk}:{one.pk}": one for one in users.order_by("pk")}
    told = set(Delivery.objects.filter(key__in=keys).values_list("key", flat=True))
    letters = {language: letter(briefing, files, language) for language in {one.language for one in keys.values()}}
    new = [_message(key, one, letters[one.language]) for key, one in keys.items() if key not in told]
    post_many(new)
    return len(new)


def letter(briefing: Briefing, files: list[BriefingFile], language: str) -> Letter:
    """What is written of a briefing in a language: where the targets stand, and where it and its files are."""
    content = briefing.snapshot.content
    with translation.override(language):
        subject = joined(title(label_of(content["plan"]), parsed(briefing.period)))
        opening = _("The briefing “%(title)s” is made.") % {"title": subject}
        lines = [
            _("%(target)s: %(achieved)s of %(goal)s, %(rate)s")
            % {
                "target": label_of(target),
                "achieved": numbers.heads(target["figure"]["achieved"]),
                "goal": numbers.heads(target["figure"]["goal"]),
                "rate": numbers.percent(target["figure"]["completion_rate"]),
            }
            for target in content["targets"]
        ]
        links = [(_("Open it:"), references.briefing(briefing.pk))]
        links += [
            (
                f"{Language(one.language).label}, {Form(one.form).label}:",
                references.file(briefing.pk, one.language, one.form),
            )
            for one in files
        ]
        ending = _("Guiyang Big Data Talent, on behalf of the HR bureau")
    listed = "\n".join(f"- {line}" for line in lines)
    text = "\n\n".join([opening, listed, *(f"{what}\n{address}" for what, address in links), f"-- \n{ending}\n"])
    html = format_html(
        '<!doctype html><html lang="{}"><body><p>{}</p><ul>{}</ul>{}<p>{}</p></body></html>',
        *(language, opening, format_html_join("", "<li>{}</li>", ((line,) for line in lines))),
        format_html_join("", '<p>{} <a href="{}">{}</a></p>', ((what, link, link) for what, link in links)),
        ending,
    )
    return Letter(subject, text, html)


def _message(key: str, user: User, written: Letter) -> Message:
    mailed = bool(user.email)
    return Message(
        key=key,
        organisation_id=user.organisation_id,
        recipient=user.email if mailed else str(user.pk),
        language=user.language,
        subject=written.subject,
        text=written.text,
        html=written.html if mailed else linebreaks(escape(written.text)),
        channel=Channel.EMAIL if mailed else Channel.INBOX,
    )

"""Writing to partners about what was asked of them: one message for a thread, once it has been quiet for a while."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from backend.accounts.models import Organisation, User
from backend.accounts.scope import everything
from backend.clock import SqlNow
from backend.messages.services import post
from programs.records.threads import Thread, ThreadMessage

AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Recipient:
    """An address, and the language to write in."""

    address: str
    language: str


def mail_quiet_threads() -> int:
    """Writes to the partners of threads that are due; how many threads. Of two who look at once each has its own."""
    with everything():
        due = Thread.objects.select_for_update(of=("self",), skip_locked=True).select_related("organisation")
        threads = list(due.filter(mail_at__lte=SqlNow()).order_by("mail_at")[:AT_ONCE])
        for thread in threads:
            _write(thread)
            thread.mail_at = thread.mail_from = None
            thread.save(update_fields=["mail_at", "mail_from"])
    return len(threads)


def recipients(organisation: Organisation) -> list[Recipient]:
    """Who of a partner is written to: those who may sign in and answer; where none has an address, its contacts."""
    users = User.objects.filter(
        role=User.Role.PARTNER, organisation=organisation, is_active=True, read_only=False
    ).exclude(email="")
    found = {user.email.casefold(): Recipient(user.email, user.language) for user in users.order_by("pk")}
    if not found:
        addresses = [contact["email"] for contact in organisation.contacts if contact.get("email")]
        found = {address.casefold(): Recipient(address, User.Language.ZH) for address in addresses}
    return list(found.values())


def _write(thread: Thread) -> None:
    said = ThreadMessage.objects.filter(thread=thread, by_bureau=True, said_at__gte=thread.mail_from).order_by("pk")
    last = said.last()
    if last is None:
        return
    for place, one in enumerate(recipients(thread.organisation)):
        subject, text, html = _message(thread, said, one.language)
        post(
            key=f"thread:{thread.pk}:{last.pk}:{place}",
            organisation_id=thread.organisation_id,
            recipient=one.address,
            language=one.language,
            subject=subject,
            text=text,
            html=html,
        )


def _message(thread: Thread, said: QuerySet[ThreadMessage], language: str) -> tuple[str, str, str]:
    address = f"{settings.SITE_URL.rstrip('/')}/threads/{thread.pk}/"
    with translation.override(language):
        number = {"id": thread.record_id or thread.submission_id}
        about = _("record %(id)s") if thread.record_id else _("submission %(id)s")
        subject = _("The bureau asks about %(about)s") % {"about": about % number}
        lines = [_("Good day,"), _("The bureau has written to you about %(about)s:") % {"about": about % number}]
        ask = _("Read all of it and answer here:")
        ending = _("Guiyang Big Data Talent, on behalf of the HR bureau")
    quoted = [one.text for one in said]
    text = "\n\n".join([*lines, *quoted, f"{ask}\n{address}", f"-- \n{ending}\n"])
    html = format_html(
        '<!doctype html><html lang="{}"><body>{}{}<p>{} <a href="{}">{}</a></p><p>{}</p></body></html>',
        language,
        format_html_join("", "<p>{}</p>", ((line,) for line in lines)),
        format_html_join("", "<blockquote>{}</blockquote>", ((one,) for one in quoted)),
        ask,
        address,
        address,
        ending,
    )
    return subject, text, html

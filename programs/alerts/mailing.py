"""Writing to managers about an alert: once each, with the link, in their own language."""

from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from backend.accounts.models import User
from backend.messages.services import post
from programs.alerts import telling
from programs.alerts.models import Alert

# A recount that differs is for whoever looks after the system as well.
READERS = {Alert.Kind.RECOUNT: (User.Role.MANAGER, User.Role.ADMIN)}


@dataclass(frozen=True, slots=True)
class Written:
    """A message in both its forms."""

    subject: str
    text: str
    html: str


def write_of(alert: Alert) -> int:
    """Write to whom an alert concerns, in the caller's transaction, each address once; how many messages."""
    roles = READERS.get(Alert.Kind(alert.kind), (User.Role.MANAGER,))
    users = User.objects.filter(role__in=roles, is_active=True).exclude(email="").order_by("pk")
    by_address = {user.email.casefold(): user for user in reversed(users)}
    for user in by_address.values():
        written = message(alert, user.language)
        post(
            key=f"alert:{alert.pk}:{user.pk}",
            organisation_id=user.organisation_id,
            recipient=user.email,
            language=user.language,
            subject=written.subject,
            text=written.text,
            html=written.html,
        )
    return len(by_address)


def message(alert: Alert, language: str) -> Written:
    """What is written of an alert in a language."""
    things = telling.things_of([alert])
    site = settings.SITE_URL.rstrip("/")
    with translation.override(language):
        subject = telling.title(alert, things)
        greeting, found = _("Good day,"), telling.sentence(alert, things)
        links = [
            (_("Look into it:"), site + telling.place(alert)),
            (_("Say what is done about it:"), f"{site}/alerts/{alert.pk}/"),
        ]
        once = _("You are written to once. If it passes and comes back, you will be written to again.")
        ending = _("Guiyang Big Data Talent, on behalf of the HR bureau")
    text = "\n\n".join([greeting, found, *(f"{what}\n{address}" for what, address in links), once, f"-- \n{ending}\n"])
    html = format_html(
        '<!doctype html><html lang="{}"><body><p>{}</p><p>{}</p>{}<p>{}</p><p>{}</p></body></html>',
        *(language, greeting, found),
        format_html_join("", '<p>{} <a href="{}">{}</a></p>', ((what, link, link) for what, link in links)),
        *(once, ending),
    )
    return Written(subject, text, html)

"""Letters about the chain: its head, to be kept elsewhere, and that it is broken."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from backend.accounts.models import Organisation, User
from backend.chain import words
from backend.chain.anchors import Anchor
from backend.chain.models import AuditAnchor, AuditExamination
from backend.messages import services as messages

Written = tuple[str, list[str]]
"""A subject and paragraphs."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who is written to."""

    address: str
    language: str
    organisation_id: int


def give_out(row: AuditAnchor, anchor: Anchor, examination: AuditExamination | None) -> int:
    """Send the head to whoever keeps it, in the caller's transaction; how many letters.

    Args:
        examination: what the night's came to.
    """
    if not settings.AUDIT_ANCHOR_LETTERS:
        return 0

    def write() -> Written:
        subject = _("The audit trail is sealed up to %(entries)d entries") % {"entries": anchor.entries}
        found = ""
        if examination is not None:
            broken = examination.broken
            found = words.said(broken) if broken else _("The whole trail was examined; it is what was sealed.")
        keep = _(
            "Keep this letter. Whoever changes the trail later, even with every right over the database, cannot make a"
            " chain to which the line below belongs. To hold the trail to it, save the line in a file and run:"
        )
        return subject, [*filter(None, [found]), keep, "python manage.py audit_verify --anchor FILE", anchor.line()]

    return _send(f"audit-anchor:{row.pk}", _keepers(), write)


def tell_broken(examination: AuditExamination) -> int:
    """Write to every administrator that the trail is broken, in the caller's transaction; how many letters.

    Not if the examination before found the same.
    """
    before = AuditExamination.objects.filter(pk__lt=examination.pk).order_by("-pk").first()
    broken = examination.broken
    if broken is None or (before is not None and before.broken == broken):
        return 0

    def write() -> Written:
        subject = _("URGENT: the audit trail was tampered with")
        do = _(
            "Change nothing now. Find out who had rights over the database, and compare the trail with the last backup"
            " and with the anchors that were kept elsewhere."
        )
        return subject, [words.said(broken), do, f"{settings.SITE_URL.rstrip('/')}/audit/"]

    return _send(f"audit-broken:{examination.pk}", _administrators(), write)


def _administrators() -> list[Reader]:
    admins = User.objects.filter(role=User.Role.ADMIN, is_active=True).exclude(email="").order_by("pk")
    by_address = {user.email.casefold(): user for user in reversed(admins)}
    return [Reader(one.email, one.language, one.organisation_id) for one in by_address.values()]


def _keepers() -> list[Reader]:
    """Those whom the settings name, otherwise the administrators."""
    if not settings.AUDIT_ANCHOR_RECIPIENTS:
        return _administrators()
    bureau = Organisation.objects.filter(kind=Organisation.Kind.BUREAU).order_by("pk").first()
    named = settings.AUDIT_ANCHOR_RECIPIENTS if bureau else []
    return [Reader(address, settings.LANGUAGE_CODE, bureau.pk) for address in named if bureau]


def _send(key: str, readers: Sequence[Reader], write: Callable[[], Written]) -> int:
    for place, reader in enumerate(readers):
        with translation.override(reader.language):
            subject, paragraphs = write()
            ending = _("Guiyang Big Data Talent, on behalf of the HR bureau")
        html = format_html(
            '<!doctype html><html lang="{}"><body>{}<p>{}</p></body></html>',
            reader.language,
            format_html_join("", "<p>{}</p>", ((one,) for one in paragraphs)),
            ending,
        )
        messages.post(
            key=f"{key}:{place}",
            organisation_id=reader.organisation_id,
            recipient=reader.address,
            language=reader.language,
            subject=subject,
            text="\n\n".join([*paragraphs, f"-- \n{ending}\n"]),
            html=html,
        )
    return len(readers)

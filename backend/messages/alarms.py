"""Telling administrators of work that was set aside for good: in their inbox and by mail, once a day for each kind.

What the errors of jobs and effects say carries no identity number (``backend.failures``), so it can be sent on.
"""

import hashlib

from django.conf import settings
from django.utils import translation
from django.utils.html import escape, linebreaks
from django.utils.translation import gettext as _

from backend import clock
from backend.accounts.models import User
from backend.jobs.models import Job
from backend.messages.inbox.notices import tell
from backend.messages.models import Delivery
from backend.messages.services import Message, post_many
from backend.outbox.models import Effect

PLACE = "/jobs/"


def of_job(job: Job) -> int:
    """Tell of a job that has failed for good, in the caller's transaction; how many messages.

    The caller sees everything, as the outbox's handlers do.
    """
    return _tell(f"job {job.kind}", job.kind, job.pk, job.error)


def of_effect(effect: Effect) -> int:
    """Tell of an effect that was set aside, in the caller's transaction; how many messages."""
    kind = f"{effect.topic}, {effect.subscriber.rpartition('.')[2]}"
    return _tell(f"effect {effect.topic} {effect.subscriber}", kind, effect.pk, effect.error)


def _tell(matter: str, kind: str, number: int, error: str) -> int:
    key = f"{hashlib.sha256(matter.encode()).hexdigest()[:16]}:{clock.today()}"
    told = 0
    for user in User.objects.filter(role=User.Role.ADMIN, is_active=True).order_by("pk"):
        with translation.override(user.language):
            subject, text = _words(kind, number, error)
        told += tell(
            key=f"set-aside:{key}",
            organisation_id=user.organisation_id,
            users=[user],
            words=lambda subject=subject, text=text: (subject, text),  # type: ignore[misc]
        )
        mail = f"set-aside:{key}:{user.pk}"
        if user.email and not Delivery.objects.filter(key=mail).exists():
            message = Message(
                key=mail,
                organisation_id=user.organisation_id,
                recipient=user.email,
                language=user.language,
                subject=subject,
                text=text,
                html=linebreaks(escape(text)),
            )
            told += len(post_many([message]))
    return told


def _words(kind: str, number: int, error: str) -> tuple[str, str]:
    """Subject and text in the language that is active."""
    told = _("Background work of the kind “%(kind)s” (number %(number)d) was given up. The reason: %(error)s") % {
        "kind": kind,
        "number": number,
        "error": error or "–",
    }
    what = _("Look into it in the list of jobs and in the worker's log, and mend what it failed on:")
    once = _("You are told once a day of each kind of work, however much of it is given up.")
    address = settings.SITE_URL.rstrip("/") + PLACE
    return _("Background work was given up: %(kind)s") % {"kind": kind}, f"{told}\n\n{what}\n{address}\n\n{once}"

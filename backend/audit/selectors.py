"""Reading the audit trail."""

from typing import Protocol

from django.db import models

from backend.audit.models import AuditEntry


class Reader(Protocol):
    """Who asks to read the trail."""

    role: str


def entries(actor: Reader | None) -> models.QuerySet[AuditEntry]:
    """The trail, the newest entry first; administrators alone read it."""
    if actor is None or actor.role != "admin":
        return AuditEntry.objects.none()
    return AuditEntry.objects.order_by("-id")

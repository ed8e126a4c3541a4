"""Reading the audit trail."""

from typing import Protocol

from django.apps import apps
from django.db import models

from backend.audit.models import AuditEntry


class Reader(Protocol):
    """Who asks to read the trail."""

    role: str


def entries(actor: Reader | None) -> models.QuerySet[AuditEntry]:
    """The trail, the newest entry first, each with the code of its ``organisation``; administrators alone read it."""
    if actor is None or actor.role != "admin":
        return AuditEntry.objects.none()
    # By name, not by import: the trail stands below accounts and keeps plain ids.
    organisations = apps.get_model("backend", "Organisation").objects.filter(pk=models.OuterRef("organisation_id"))
    return AuditEntry.objects.annotate(organisation=models.Subquery(organisations.values("code"))).order_by("-id")

"""The audit trail: one entry per action, never changed."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from backend.clock import SqlNow


class AuditEntry(models.Model):
    """Who did what to which subject, when. ``actor_id`` is a plain number, so the trail needs no accounts."""

    at = models.DateTimeField(db_default=SqlNow())
    action_id = models.UUIDField()
    actor_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=60)
    role = models.CharField(max_length=10, blank=True)
    organisation_id = models.BigIntegerField(null=True)
    action = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=60, blank=True)
    detail = models.JSONField(default=dict)
    address = models.GenericIPAddressField(null=True)

    class Meta:
        db_table = "audit_entry"
        indexes = [
            BrinIndex(fields=["at"], name="audit_entry_at"),
            models.Index(fields=["subject_type", "subject_id"], name="audit_entry_subject"),
        ]

"""Answers kept for repeated write calls."""

from django.db import models

from backend.clock import SqlNow


class IdempotencyKey(models.Model):
    """The first answer given to a write call that carried an ``Idempotency-Key``."""

    user = models.ForeignKey("backend.User", models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    request_digest = models.BinaryField(max_length=32)
    status = models.IntegerField(null=True)
    body = models.BinaryField(null=True)
    content_type = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "idempotency_key"
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once_per_user")]

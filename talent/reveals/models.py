"""The weekly digest of who has seen identity numbers in full."""

from django.db import models

from backend.clock import SqlNow


class RevealDigest(models.Model):
    """That an administrator was told of the reveals of one ISO week, which begins on ``week``, a Monday. Once each."""

    week = models.DateField()
    user = models.ForeignKey("backend.User", models.PROTECT, related_name="+")
    delivery = models.ForeignKey("backend.Delivery", models.PROTECT, related_name="+")
    reveals = models.IntegerField()
    posted_at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "reveal_digest"
        constraints = [models.UniqueConstraint(fields=["week", "user"], name="reveal_digest_once_a_week")]

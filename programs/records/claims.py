"""Who is at work on which record, and who has verified it first where two officers must."""

from django.db import models

from backend.clock import SqlNow
from programs.records.models import Record


class Claim(models.Model):
    """That an officer has taken a record on: nobody else decides on it until ``expires_at``, which is put off while
    they work. ``note`` and ``handed_by`` are of a colleague who handed it over.
    """

    record = models.OneToOneField(Record, models.PROTECT, related_name="claim", db_constraint=False)
    officer = models.ForeignKey("backend.User", models.PROTECT, related_name="+", db_constraint=False)
    claimed_at = models.DateTimeField(db_default=SqlNow())
    expires_at = models.DateTimeField()
    note = models.TextField(blank=True)
    handed_by = models.ForeignKey("backend.User", models.PROTECT, null=True, related_name="+", db_constraint=False)

    class Meta:
        db_table = "claim"


class FirstVerification(models.Model):
    """The first of two officers' verifications of a record, or of an amendment of it, that would make its person
    high-end. It speaks for the values of one submission; ``closed_at``: a decision was taken since.
    """

    record = models.ForeignKey(
        Record, models.PROTECT, related_name="first_verifications", db_index=False, db_constraint=False
    )
    organisation = models.ForeignKey(
        "backend.Organisation", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    submission_id = models.BigIntegerField()
    amendment_id = models.BigIntegerField(null=True)
    officer = models.ForeignKey("backend.User", models.PROTECT, related_name="+", db_constraint=False)
    verified_at = models.DateTimeField(db_default=SqlNow())
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "first_verification"
        constraints = [
            models.UniqueConstraint(
                fields=["record"], condition=models.Q(closed_at=None), name="one_first_verification_per_record"
            )
        ]
        indexes = [models.Index(fields=["record", "id"], name="first_verification_record")]

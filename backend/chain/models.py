"""The chain over the audit trail: seals, what examinations came to, and what was given out of the house."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from backend.clock import SqlNow


class AuditSeal(models.Model):
    """One link: some entries of the trail in the order in which they were sealed, with a digest of each. Append-only.

    ``number`` counts from 1 without a gap. ``entries`` are ids, ``digests`` as many times 32 bytes; ``total`` is how
    many entries are sealed up to here. No entry with an id up to ``closed_id`` can still come: whatever of these is not
    sealed was written in afterwards. ``closed_at`` is the moment at which higher ids were not yet given out, null as
    long as there was none. ``head`` is the digest of all that and of the head before, ``mac`` its keyed digest by the
    vault's key ``key_id``, which whoever has the database alone cannot make.
    """

    number = models.BigIntegerField(primary_key=True)
    entries = ArrayField(models.BigIntegerField())
    digests = models.BinaryField()
    total = models.BigIntegerField()
    highest = models.BigIntegerField(db_index=True)
    closed_id = models.BigIntegerField()
    closed_at = models.DateTimeField(null=True)
    sealed_at = models.DateTimeField()
    head = models.BinaryField()
    key_id = models.BigIntegerField()
    mac = models.BinaryField()

    class Meta:
        db_table = "audit_seal"


class AuditExamination(models.Model):
    """What going through the whole chain came to: ``broken`` is null where it holds. Append-only.

    Whoever verifies goes on from the last good one where the trail is too long to be examined while they wait.
    """

    at = models.DateTimeField(db_default=SqlNow())
    entries = models.BigIntegerField()
    seals = models.BigIntegerField()
    head = models.CharField(max_length=64, blank=True)
    broken = models.JSONField(null=True)
    nightly = models.BooleanField(default=False)
    job_id = models.BigIntegerField(null=True, unique=True)

    class Meta:
        db_table = "audit_examination"


class AuditAnchor(models.Model):
    """That the head of the chain was given out of the house: to a file, by letter, or to whoever ran the command.

    Append-only. What was given out is what answers for the chain; this row only tells that it was.
    """

    class Occasion(models.TextChoices):
        NIGHTLY = "nightly"
        PUBLISHED = "published"
        ORDERED = "ordered"

    at = models.DateTimeField(db_default=SqlNow())
    occasion = models.CharField(max_length=10, choices=Occasion)
    seal = models.BigIntegerField()
    entries = models.BigIntegerField()
    entry = models.BigIntegerField(null=True)
    sealed_at = models.DateTimeField()
    head = models.CharField(max_length=64)
    file = models.BooleanField(default=False)
    letters = models.IntegerField(default=0)
    job_id = models.BigIntegerField(null=True, unique=True)

    class Meta:
        db_table = "audit_anchor"

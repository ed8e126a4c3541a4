"""Sealed files: what partners sent and the bureau made, kept so that nobody reads it from the disk."""

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models.functions import Now


class SealedFile(models.Model):
    """A sealed file: its size and digest in the clear, its bytes in sealed chunks.

    ``name`` is what it is kept under: random, with nothing in it of what its sender called it. ``quarantined_at`` says
    since when nobody may read it, because a virus scanner found something in it. ``disposed_at``: its bytes were
    destroyed for good, and only that it was there is known still.
    """

    class Purpose(models.TextChoices):
        ORIGINAL = "original"
        SHEET = "sheet"
        EVIDENCE = "evidence"
        THUMBNAIL = "thumbnail"
        BRIEFING = "briefing"
        COPY = "copy"

    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, related_name="+", db_index=False)
    purpose = models.CharField(max_length=10, choices=Purpose)
    name = models.UUIDField(unique=True, editable=False, db_default=RandomUUID())
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now())
    quarantined_at = models.DateTimeField(null=True)
    disposed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "sealed_file"


class SealedChunk(models.Model):
    """One piece of a sealed file, in order."""

    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, related_name="+", db_index=False)
    file = models.ForeignKey(SealedFile, models.CASCADE, related_name="chunks", db_index=False)
    position = models.IntegerField()
    sealed = models.BinaryField()

    class Meta:
        db_table = "sealed_chunk"
        constraints = [models.UniqueConstraint(fields=["file", "position"], name="chunk_once_per_position")]

"""Sealed files: what partners sent, kept so that nobody reads it from the disk."""

from django.db import models
from django.db.models.functions import Now


class SealedFile(models.Model):
    """A sealed file: its name, size and digest in the clear, its bytes in sealed chunks."""

    class Purpose(models.TextChoices):
        ORIGINAL = "original"
        SHEET = "sheet"

    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, related_name="+", db_index=False)
    purpose = models.CharField(max_length=10, choices=Purpose)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now())

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

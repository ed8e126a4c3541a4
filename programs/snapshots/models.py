"""A published figure, frozen."""

from django.db import models


class Snapshot(models.Model):
    """The figures of a plan as somebody published them: what had happened by ``as_of``, as the books stood at
    ``known_at``. Append-only.

    ``content`` holds the plan and every target with its figure, breakdowns and course; ``rule`` is the digest of the
    rule in force, ``pending`` how many persons were still to be settled. ``digest`` is that of the canonical form
    (``programs.snapshots.canonical``), in which the digest of the snapshot before stands, so that none can be changed,
    taken out or put in between without breaking every later one. ``number`` counts from 1 without a gap. Who published
    is kept as they were called, and does not hang on an account.
    """

    number = models.IntegerField(unique=True)
    previous = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    plan = models.ForeignKey("programs.Plan", models.PROTECT, related_name="snapshots")
    title = models.CharField(max_length=200)
    note = models.TextField(blank=True)
    as_of = models.DateField()
    known_at = models.DateTimeField()
    pending = models.IntegerField(default=0)
    rule = models.CharField(max_length=64)
    content = models.JSONField()
    digest = models.CharField(max_length=64, unique=True)
    publisher_id = models.BigIntegerField()
    publisher = models.CharField(max_length=60)
    published_at = models.DateTimeField()

    class Meta:
        db_table = "snapshot"
        constraints = [
            # Also for the first, which follows nothing: the chain never forks.
            models.UniqueConstraint(fields=["previous"], name="snapshot_follows_one", nulls_distinct=False),
            models.CheckConstraint(
                condition=models.Q(number=1, previous=None) | models.Q(number__gt=1, previous__isnull=False),
                name="snapshot_first_follows_none",
            ),
        ]

    def __str__(self) -> str:
        return self.title

"""The triangle's cells, and landings as they were worked out."""

from django.db import models


class RunOffCell(models.Model):
    """Net heads of a target that count from one month, posted in one month of the bureau's; each by its first day.

    The ledger's entries summed up, advanced by the posting that writes them.
    """

    target = models.ForeignKey("programs.Target", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    effective_in = models.DateField()
    posted_in = models.DateField()
    heads = models.IntegerField()

    class Meta:
        db_table = "run_off_cell"
        constraints = [
            models.UniqueConstraint(fields=["target", "effective_in", "posted_in"], name="run_off_cell_once_per_place")
        ]


class StoredLanding(models.Model):
    """Where a target would land, worked out at one moment with the review backlog counted then. Append-only.

    It is closed into the books as a posting is: ``known_at`` is its own moment, no answer for which had been given
    before, so that whatever is answered from it never changes. ``inputs`` holds all that it was worked out from:
    ``goal``, ``starts_on``, ``ends_on``, ``cells``, ``heads``, ``backlog``, ``shares`` in hand by age with their
    ``spreads``, ``yield``, ``observed``, ``seed``, and the ``fan``. ``reason`` says why the numbers are missing. A
    target that was never counted may go with its plan's next file; what was worked out for it stays.
    """

    target = models.ForeignKey(
        "programs.Target", models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    as_of = models.DateField()
    known_at = models.DateTimeField()
    computed_at = models.DateTimeField()
    method = models.CharField(max_length=20)
    low = models.IntegerField(null=True)
    median = models.IntegerField(null=True)
    high = models.IntegerField(null=True)
    probability = models.FloatField(null=True)
    pace = models.FloatField(null=True)
    required_pace = models.FloatField(null=True)
    late = models.IntegerField(null=True)
    reviewed = models.IntegerField(null=True)
    awaiting = models.IntegerField(default=0)
    reason = models.JSONField(null=True)
    inputs = models.JSONField(default=dict)
    job_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "landing"
        constraints = [models.UniqueConstraint(fields=["target", "known_at"], name="landing_once_per_moment")]

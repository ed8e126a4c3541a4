"""The ledger's entries summed up by why and on which day they were posted."""

from django.db import models

from talent.people.models import PersonChange


class TurnCell(models.Model):
    """How many heads of a target one reason counted (``delta`` 1) or took back (−1) by the entries of one day of the
    bureau's, ``posted_on``, that take effect on one day.

    The ledger's entries summed up, advanced by the posting that writes them. Entries are never taken away, and so a
    cell only grows.
    """

    target = models.ForeignKey("programs.Target", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    posted_on = models.DateField()
    reason = models.CharField(max_length=20, choices=PersonChange.Reason)
    delta = models.SmallIntegerField()
    effective_on = models.DateField()
    entries = models.IntegerField()

    class Meta:
        db_table = "turn_cell"
        constraints = [
            models.UniqueConstraint(
                fields=["target", "posted_on", "reason", "delta", "effective_on"], name="turn_cell_once_per_place"
            )
        ]

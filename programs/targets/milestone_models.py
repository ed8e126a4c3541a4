"""The tables of the cube's milestones."""

from django.db import models

from programs.targets.models import Grain


class Milestone(models.Model):
    """A posting at which the cube was written down for good; ``total``: how many entries there were by then.
    Append-only."""

    recorded_at = models.DateTimeField(unique=True)
    total = models.BigIntegerField()

    class Meta:
        db_table = "milestone"

    def __str__(self) -> str:
        return str(self.recorded_at)


class MilestoneCell(models.Model):
    """A cell of the cube as it was at a milestone, in the shape of ``CubeCell``. Append-only."""

    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="+", db_index=False)
    target = models.ForeignKey("programs.Target", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    grain = models.CharField(max_length=5, choices=Grain)
    dimension = models.CharField(max_length=12, blank=True)
    key = models.CharField(max_length=20, blank=True)
    starts_on = models.DateField()
    heads = models.IntegerField()

    class Meta:
        db_table = "milestone_cell"
        constraints = [
            models.UniqueConstraint(
                fields=["milestone", "target", "grain", "dimension", "key", "starts_on"],
                name="milestone_cell_once_per_place",
            )
        ]

"""The tables of the cube's milestones."""

from django.db import models

from programs.targets.models import Cell


class Milestone(models.Model):
    """A posting at which the cube was written down for good; ``total``: how many entries there were by then.
    Append-only."""

    recorded_at = models.DateTimeField(unique=True)
    total = models.BigIntegerField()

    class Meta:
        db_table = "milestone"

    def __str__(self) -> str:
        return str(self.recorded_at)


class MilestoneCell(Cell):
    """A cell of the cube as it was at a milestone. Append-only."""

    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        db_table = "milestone_cell"
        constraints = [
            models.UniqueConstraint(
                fields=["milestone", "target", "grain", "dimension", "key", "starts_on"],
                name="milestone_cell_once_per_place",
            )
        ]

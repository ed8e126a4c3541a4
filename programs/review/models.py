"""What the bureau has set about deciding."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models


class ReviewSettings(models.Model):
    """How the bureau decides: one row. Switched off, the two rules ask nothing.

    ``second_officer``: who would become high-end is verified by two different officers. ``every_credential``: a record
    is verified once each of its credentials has been looked at. A claim lasts ``claim_minutes`` after the last work on
    it; a decision can be undone for ``undo_hours``.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    second_officer = models.BooleanField(default=False)
    every_credential = models.BooleanField(default=False)
    claim_minutes = models.IntegerField(default=120, validators=[MinValueValidator(5), MaxValueValidator(1440)])
    undo_hours = models.IntegerField(default=72, validators=[MinValueValidator(0), MaxValueValidator(8760)])
    changed_at = models.DateTimeField(null=True)
    changed_by = models.ForeignKey("backend.User", models.PROTECT, null=True, related_name="+", db_constraint=False)

    class Meta:
        db_table = "review_settings"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_row_of_review_settings")]

"""Reporting periods."""

from django.db import models


class Period(models.Model):
    """A span for which partners report, due some working days after its end.

    ``provisional`` says that the due day was counted over a year whose holidays were not published yet.
    """

    class Frequency(models.TextChoices):
        MONTH = "month"
        QUARTER = "quarter"
        HALF_YEAR = "half_year"
        YEAR = "year"
        FREE = "free"

    code = models.CharField(max_length=20, unique=True)
    frequency = models.CharField(max_length=10, choices=Frequency, default=Frequency.FREE)
    starts_on = models.DateField()
    ends_on = models.DateField()
    due_on = models.DateField()
    provisional = models.BooleanField(default=False)
    locked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "period"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="period_ends_after_it_starts"
            )
        ]

    def __str__(self) -> str:
        return self.code

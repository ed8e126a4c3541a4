"""Indicators: published goals that are not counted here, and the values that were reported of them."""

from django.db import models


class Indicator(models.Model):
    """A goal of a plan that is followed by hand: so much of a unit, as the plan file in force states it.

    ``said_zh`` and ``said_en`` are the goal in the words in which it was published; ``source`` says where.
    """

    class Direction(models.TextChoices):
        AT_LEAST = "at_least"
        AT_MOST = "at_most"

    plan = models.ForeignKey("programs.Plan", models.CASCADE, related_name="indicators")
    code = models.CharField(max_length=60, unique=True)
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    unit_zh = models.CharField(max_length=200)
    unit_en = models.CharField(max_length=200)
    goal = models.DecimalField(max_digits=21, decimal_places=6)
    direction = models.CharField(max_length=10, choices=Direction, default=Direction.AT_LEAST)
    said_zh = models.CharField(max_length=200)
    said_en = models.CharField(max_length=200)
    source = models.CharField(max_length=200)
    position = models.IntegerField(default=0)

    class Meta:
        db_table = "indicator"
        constraints = [models.CheckConstraint(condition=models.Q(goal__gt=0), name="indicator_has_a_goal")]

    def __str__(self) -> str:
        return self.code


class IndicatorValue(models.Model):
    """A value of an indicator on a day, as somebody reported it from a source. Append-only.

    A later row for the same day corrects the earlier, which stays and is what was known until then.
    """

    indicator = models.ForeignKey("programs.Indicator", models.PROTECT, related_name="values")
    value = models.DecimalField(max_digits=21, decimal_places=6)
    as_of = models.DateField()
    source = models.CharField(max_length=500)
    reported_by = models.ForeignKey("backend.User", models.PROTECT, related_name="+", db_constraint=False)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "indicator_value"
        constraints = [
            models.CheckConstraint(condition=models.Q(value__gte=0), name="indicator_value_is_not_negative"),
            # In the order in which it is read.
            models.UniqueConstraint(
                fields=["indicator", "as_of", "recorded_at"], name="indicator_value_once_per_day_and_moment"
            ),
        ]

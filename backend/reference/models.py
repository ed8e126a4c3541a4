"""Code tables and the working calendar, as loaded from the product's own data files."""

from django.db import models


class Code(models.Model):
    """One value of one code table. ``extra`` holds the table's own attributes (level, series, pattern …)."""

    table = models.CharField(max_length=30)
    code = models.CharField(max_length=20)
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    aliases = models.JSONField(default=list)
    extra = models.JSONField(default=dict)
    is_group = models.BooleanField(default=False)
    position = models.IntegerField(default=0)

    class Meta:
        db_table = "code"
        constraints = [models.UniqueConstraint(fields=["table", "code"], name="code_once_per_table")]
        ordering = ["table", "position"]

    def __str__(self) -> str:
        return f"{self.table} {self.code}"


class Holiday(models.Model):
    """A published day off, or a weekend day that is worked instead."""

    class Kind(models.TextChoices):
        OFF = "off"
        MAKEUP = "makeup_workday"

    day = models.DateField(primary_key=True)
    name_zh = models.CharField(max_length=40)
    kind = models.CharField(max_length=20, choices=Kind)

    class Meta:
        db_table = "holiday"


class HolidayYear(models.Model):
    """That a year's table was entered by hand, by whom and why: what the product ships of the year is not loaded then.

    ``entered_by_id`` is a user's plain id, because this room lies below the accounts.
    """

    year = models.SmallIntegerField(primary_key=True)
    entered_by_id = models.BigIntegerField(null=True)
    entered_by = models.CharField(max_length=60, blank=True)
    entered_at = models.DateTimeField()
    reason = models.TextField()

    class Meta:
        db_table = "holiday_year"

    def __str__(self) -> str:
        return str(self.year)

"""What managers are told of once, and from where on they want to be."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.clock import SqlNow


class Alert(models.Model):
    """Something that managers were told of: raised once for as long as it lasts, and again if it comes back.

    ``subject`` is whom or what it is about: a target's or an organisation's code, or ``books``. ``measure`` is what was
    found when it was raised, ``latest`` what was found last; ``cleared_at`` when it was found to be over.
    """

    class Kind(models.TextChoices):
        OFF_PACE = "off_pace", _("Off pace")
        DROP = "drop", _("Sudden drop")
        SILENT = "silent", _("Partner gone silent")
        RECOUNT = "recount", _("Recount differs")

    kind = models.CharField(max_length=10, choices=Kind)
    subject = models.CharField(max_length=60)
    measure = models.JSONField()
    latest = models.JSONField()
    raised_at = models.DateTimeField(db_default=SqlNow())
    cleared_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(
        "backend.User", models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    note = models.TextField(blank=True)

    class Meta:
        db_table = "alert"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"], condition=models.Q(cleared_at=None), name="alert_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=models.Q(acknowledged_at=None, acknowledged_by=None)
                | models.Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="alert_acknowledged_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.subject}"


def _within(least: float, most: float) -> list[MinValueValidator | MaxValueValidator]:
    return [MinValueValidator(least), MaxValueValidator(most)]


class AlertSettings(models.Model):
    """From where on managers are told: one row.

    ``margin_points``: percentage points by which completion lies behind the elapsed time. A drop is a net loss within
    ``drop_days`` of at least ``drop_heads`` and at least ``drop_percent`` of the figure before it. A partner is silent
    once ``silent_periods`` reports in a row are missing after their due day.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    margin_points = models.FloatField(default=5.0, validators=_within(0, 100))
    drop_days = models.IntegerField(default=7, validators=_within(1, 92))
    drop_heads = models.IntegerField(default=10, validators=_within(1, 1_000_000))
    drop_percent = models.FloatField(default=0.5, validators=_within(0, 100))
    silent_periods = models.IntegerField(default=2, validators=_within(1, 24))
    changed_at = models.DateTimeField(null=True)
    changed_by = models.ForeignKey("backend.User", models.PROTECT, null=True, related_name="+", db_constraint=False)

    class Meta:
        db_table = "alert_settings"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_row_of_alert_settings")]

"""Reporting periods, and what is owed for them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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


class Obligation(models.Model):
    """That an organisation owes something for a period: one per kind, organisation and period.

    ``due_on`` follows the period's. ``settled_at`` is the moment that counts (of the upload that fulfilled it, of the
    confirmation, of the excuse), ``on_time`` whether it lay on or before the due day; both are null while nothing has
    come, and an excused one is neither on time nor late.
    """

    class Kind(models.TextChoices):
        REPORTING = "reporting", _("Report of the period")
        RETENTION = "retention", _("Proof of stay")

    class State(models.TextChoices):
        MISSING = "missing", _("Missing")
        REPORTED = "reported", _("Reported")
        CONFIRMED_ZERO = "confirmed_zero", _("Confirmed: nothing to report")
        EXCUSED = "excused", _("Excused")

    kind = models.CharField(max_length=20, choices=Kind, default=Kind.REPORTING)
    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, related_name="obligations")
    period = models.ForeignKey("programs.Period", models.PROTECT, related_name="obligations")
    due_on = models.DateField()
    state = models.CharField(max_length=20, choices=State, default=State.MISSING)
    on_time = models.BooleanField(null=True)
    settled_at = models.DateTimeField(null=True)
    submission_id = models.BigIntegerField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        db_table = "obligation"
        constraints = [
            models.UniqueConstraint(fields=["kind", "organisation", "period"], name="obligation_once_per_period"),
            models.CheckConstraint(
                condition=models.Q(state="missing", settled_at=None)
                | models.Q(settled_at__isnull=False) & ~models.Q(state="missing"),
                name="obligation_settled_at_a_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], name="obligation_missing", condition=models.Q(state="missing")),
        ]

    def __str__(self) -> str:
        return str(self.pk)

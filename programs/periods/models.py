"""Reporting periods, and what is owed for them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.clock import SqlNow


class PeriodScheme(models.Model):
    """A repeating shape of periods of its own, such as from the 21st to the 20th, for a programme or an organisation.

    Each of its periods is ``frequency`` long and begins on the ``first_day`` of a month; where it is longer than a
    month, one of them begins in the month ``first_month``. It is due ``working_days`` working days after its end.
    ``instead``: whom it covers owes the plain periods of the same frequency no more while the scheme runs, as far as
    it covers them.
    """

    class Frequency(models.TextChoices):
        MONTH = "month", _("Month")
        QUARTER = "quarter", _("Quarter")
        HALF_YEAR = "half_year", _("Half-year")
        YEAR = "year", _("Year")

    code = models.CharField(max_length=12, unique=True)
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    frequency = models.CharField(max_length=10, choices=Frequency)
    first_day = models.SmallIntegerField()
    first_month = models.SmallIntegerField(default=1)
    working_days = models.IntegerField()
    programme = models.ForeignKey("programs.Programme", models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, null=True, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    instead = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "period_scheme"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(programme=None) ^ models.Q(organisation=None), name="scheme_of_one_or_the_other"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="scheme_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=models.Q(first_day__range=(1, 28), first_month__range=(1, 12)), name="scheme_begins_on_a_day"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Period(models.Model):
    """A span for which partners report, due some working days after its end.

    ``provisional`` says that the due day was counted over a year whose holidays were not published yet.
    ``working_days`` is the count by which the due day was found, null where somebody set it by hand. A period of a
    ``scheme`` is owed by whom the scheme covers, one without by everybody who takes part in a programme.
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
    working_days = models.IntegerField(null=True, blank=True)
    scheme = models.ForeignKey("programs.PeriodScheme", models.PROTECT, null=True, blank=True, related_name="periods")
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


class Extension(models.Model):
    """That a period is due later: for one organisation, or for all of them where ``organisation`` is null.

    A row is never changed but for its withdrawal, so the rows are the history. In force is what was not withdrawn; of
    several that concern an organisation the latest day holds.
    """

    period = models.ForeignKey(Period, models.PROTECT, related_name="extensions")
    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, null=True, related_name="+")
    due_on = models.DateField()
    reason = models.TextField()
    granted_by = models.ForeignKey("backend.User", models.PROTECT, null=True, related_name="+", db_constraint=False)
    granted_at = models.DateTimeField(db_default=SqlNow())
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey("backend.User", models.PROTECT, null=True, related_name="+", db_constraint=False)
    withdrawal_reason = models.TextField(blank=True)

    class Meta:
        db_table = "due_extension"
        constraints = [
            models.UniqueConstraint(
                fields=["period", "organisation", "due_on"],
                condition=models.Q(withdrawn_at=None),
                nulls_distinct=False,
                name="extended_to_a_day_once",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Obligation(models.Model):
    """That an organisation owes something for a period: one per kind, organisation and period.

    ``due_on`` follows the period's, and the extensions that concern the organisation. ``settled_at`` is the moment
    that counts (of the upload that fulfilled it, of the confirmation, of the excuse), ``on_time`` whether it lay on or
    before the due day; both are null while nothing has come, and an excused one is neither on time nor late.
    ``called_off_by_id`` is the organisation's end (``OrganisationChange``) because of which it was excused.
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
    called_off_by_id = models.BigIntegerField(null=True)

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

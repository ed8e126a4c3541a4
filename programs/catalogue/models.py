"""Programmes and cohorts: what people go through."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.clock import SqlNow


class Path(models.TextChoices):
    """How a person enters the plan: 培养 or 引进."""

    TRAINED = "trained", _("Trained")
    INTRODUCED = "introduced", _("Introduced")


class Programme(models.Model):
    """A training programme, or an introduction campaign, with the organisations that may report to it."""

    code = models.CharField(max_length=40, unique=True)
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    path = models.CharField(max_length=10, choices=Path)
    organisations = models.ManyToManyField(
        "backend.Organisation", through="programs.ProgrammeOrganisation", related_name="programmes"
    )
    starts_on = models.DateField()
    ends_on = models.DateField()
    capacity = models.IntegerField(null=True, blank=True)
    segment = models.CharField(max_length=20, blank=True)

    class Meta:
        db_table = "programme"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="programme_ends_after_it_starts"
            )
        ]

    def __str__(self) -> str:
        return self.code


class ProgrammeOrganisation(models.Model):
    """That an organisation takes part in a programme."""

    programme = models.ForeignKey(Programme, models.CASCADE)
    organisation = models.ForeignKey("backend.Organisation", models.PROTECT)

    class Meta:
        db_table = "programme_organisation"
        constraints = [
            models.UniqueConstraint(fields=["programme", "organisation"], name="organisation_once_per_programme")
        ]


class Cohort(models.Model):
    """One run of a training programme at one organisation."""

    code = models.CharField(max_length=40, unique=True)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="cohorts")
    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, related_name="cohorts")
    starts_on = models.DateField()
    ends_on = models.DateField()
    capacity = models.IntegerField(null=True, blank=True)

    class Meta:
        db_table = "cohort"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="cohort_ends_after_it_starts"
            )
        ]

    def __str__(self) -> str:
        return self.code


class CohortRequest(models.Model):
    """A cohort that a partner misses, asked of the bureau; once granted it exists, and what waited for it goes on.

    ``submission_id`` is the submission whose finding it was asked from, null where it was asked by itself.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("Asked for")
        GRANTED = "granted", _("Granted")
        REFUSED = "refused", _("Refused")

    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, related_name="+")
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+")
    code = models.CharField(max_length=40)
    starts_on = models.DateField()
    ends_on = models.DateField()
    capacity = models.IntegerField(null=True, blank=True)
    explanation = models.TextField(blank=True)
    submission_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    reason = models.TextField(blank=True)
    cohort = models.ForeignKey(Cohort, models.PROTECT, null=True, related_name="+")
    asked_by = models.ForeignKey("backend.User", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(db_default=SqlNow())
    decided_by = models.ForeignKey("backend.User", models.PROTECT, null=True, related_name="+", db_constraint=False)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "cohort_request"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "code"], condition=models.Q(state="asked"), name="cohort_asked_for_once"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="cohort_request_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return self.code

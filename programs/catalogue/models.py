"""Programmes and cohorts: what people go through."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.clock import SqlNow


class Path(models.TextChoices):
    """How a person enters the plan: 培养 or 引进."""

    TRAINED = "trained", _("Trained")
    INTRODUCED = "introduced", _("Introduced")


class Programme(models.Model):
    """A training programme, or an introduction campaign, with the organisations that may report to it.

    ``funding_source`` is where most of its money comes from, a code of that table; what is planned and spent stands on
    its budget lines.
    """

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
    funding_source = models.CharField(max_length=20, blank=True)

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


class CurriculumArea(models.Model):
    """What a programme teaches, and in how many hours; ``position`` orders a programme's areas, from 1."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="areas")
    code = models.CharField(max_length=40)
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    hours = models.DecimalField(max_digits=7, decimal_places=1)
    position = models.SmallIntegerField()

    class Meta:
        db_table = "curriculum_area"
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["programme", "code"], name="curriculum_area_once_per_programme"),
            models.CheckConstraint(condition=models.Q(hours__gt=0), name="curriculum_area_takes_hours"),
        ]

    def __str__(self) -> str:
        return self.code


class EntryRequirement(models.Model):
    """What somebody must bring to be taken into a programme; of several it is enough to meet one.

    ``education`` and ``title`` are the lowest codes of those tables that are taken, ``years`` those of working in the
    field; what is empty is not asked for. The texts say what no code does.
    """

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="requirements")
    education = models.CharField(max_length=20, blank=True)
    title = models.CharField(max_length=20, blank=True)
    years = models.SmallIntegerField(null=True, blank=True)
    text_zh = models.TextField(blank=True)
    text_en = models.TextField(blank=True)
    position = models.SmallIntegerField()

    class Meta:
        db_table = "entry_requirement"
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["programme", "position"], name="entry_requirement_once_per_place"),
            models.CheckConstraint(condition=models.Q(years__gte=0), name="entry_requirement_years_are_not_negative"),
        ]


class Cohort(models.Model):
    """One run of a training programme at one organisation. ``contacts`` as an organisation's."""

    code = models.CharField(max_length=40, unique=True)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="cohorts")
    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, related_name="cohorts")
    starts_on = models.DateField()
    ends_on = models.DateField()
    capacity = models.IntegerField(null=True, blank=True)
    contacts = models.JSONField(default=list, db_default=[], blank=True)

    class Meta:
        db_table = "cohort"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="cohort_ends_after_it_starts"
            )
        ]

    def __str__(self) -> str:
        return self.code


class BudgetLine(models.Model):
    """Money for a programme, or for one of its cohorts: for what, from where, how much was planned and is spent.

    Amounts are in fen. A partner sees the lines of its own cohorts.
    """

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="budget_lines")
    cohort = models.ForeignKey(Cohort, models.PROTECT, null=True, related_name="budget_lines")
    funding_source = models.CharField(max_length=20)
    purpose = models.CharField(max_length=200)
    planned_fen = models.BigIntegerField()
    spent_fen = models.BigIntegerField(default=0, db_default=0)
    entered_at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "budget_line"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(planned_fen__gte=0, spent_fen__gte=0), name="budget_line_is_not_negative"
            )
        ]


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

"""Lots: what was sampled, which records were looked at, what was found, and what the bureau has set about it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backend.clock import SqlNow
from programs.review.sampling.plans import Severity
from programs.review.sampling.switching import Act


class DefectClass(models.TextChoices):
    """How grave a defect is."""

    CRITICAL = "critical", _("Critical")
    MAJOR = "major", _("Major")
    MINOR = "minor", _("Minor")


class SamplingSetting(models.Model):
    """Whether records are verified as lots, and how; for one organisation or, without one, for all that have none.

    Of several that have begun, the latest set stands. Never changed: whoever changes their mind sets it anew.
    ``mode`` ``general``: the organisation goes by the general setting again.
    """

    class Mode(models.TextChoices):
        ON = "on", _("On")
        OFF = "off", _("Off")
        GENERAL = "general", _("As for all")

    class Outside(models.TextChoices):
        REFUSED = "refused", _("One by one only")
        ALLOWED = "allowed", _("Also many at once")

    class Reduced(models.TextChoices):
        ASKS = "asks", _("With an officer’s consent")
        AUTOMATIC = "automatic", _("By itself")

    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, null=True, related_name="+")
    mode = models.CharField(max_length=10, choices=Mode)
    aql = models.CharField(max_length=5)
    level = models.CharField(max_length=3)
    reduced = models.CharField(max_length=10, choices=Reduced)
    outside = models.CharField(max_length=10, choices=Outside)
    counted = models.JSONField(default=list)
    critical_fails = models.BooleanField(default=False)
    from_on = models.DateField()
    reason = models.TextField()
    set_by = models.ForeignKey("backend.User", models.PROTECT, related_name="+", db_constraint=False)
    set_at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "sampling_setting"
        constraints = [
            models.CheckConstraint(
                condition=~Q(mode="general") | Q(organisation__isnull=False),
                name="sampling_setting_general_is_for_one",
            )
        ]


class Lot(models.Model):
    """Records of one organisation, cohort (or programme) and period that are verified or returned together.

    Plan and members are fixed when it is opened. ``resubmission``: its records come back after a lot that was not
    accepted, so that it does not count for switching. ``tighter`` is the acceptance number one AQL step stricter, which
    the switching score goes by, ``counted`` the classes of defects that make a unit nonconforming. ``finished_at``:
    when the verdict had been carried out on every member.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Being looked at")
        ACCEPTED = "accepted", _("Lot accepted")
        NOT_ACCEPTED = "not_accepted", _("Lot not accepted")
        CANCELLED = "cancelled", _("Called off")

    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, related_name="+")
    programme = models.ForeignKey("programs.Programme", models.PROTECT, related_name="+")
    cohort = models.ForeignKey("programs.Cohort", models.PROTECT, null=True, related_name="+")
    period = models.ForeignKey("programs.Period", models.PROTECT, related_name="+")
    resubmission = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    severity = models.CharField(max_length=10, choices=Severity)
    level = models.CharField(max_length=3)
    aql = models.CharField(max_length=5)
    code_letter = models.CharField(max_length=1)
    lot_size = models.IntegerField()
    sample_size = models.IntegerField()
    accept_number = models.IntegerField()
    tighter = models.IntegerField(null=True)
    automatic = models.BooleanField()
    counted = models.JSONField(default=list)
    critical_fails = models.BooleanField()
    seed = models.CharField(max_length=32)
    nonconforming = models.IntegerField(default=0)
    critical = models.IntegerField(default=0)
    reason = models.TextField(blank=True)
    opened_by = models.ForeignKey("backend.User", models.PROTECT, related_name="+", db_constraint=False)
    opened_at = models.DateTimeField(db_default=SqlNow())
    decided_by = models.ForeignKey("backend.User", models.PROTECT, null=True, related_name="+", db_constraint=False)
    decided_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    job = models.ForeignKey("backend.Job", models.SET_NULL, null=True, related_name="+")

    class Meta:
        db_table = "lot"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", decided_at=None) | ~Q(state="open") & Q(decided_at__isnull=False),
                name="lot_decided_at_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(sample_size__gte=1, sample_size__lte=F("lot_size")), name="lot_sample_is_part_of_it"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "decided_at"], name="lot_organisation_decided")]


class LotUnit(models.Model):
    """A member of a lot: a record with the submission whose values are presented.

    ``rank`` is its place in the draw. ``held``: nothing else is decided on the record until the lot is done with it; a
    record is held by one lot at a time. ``conforming`` is null until it was looked at. ``outcome`` is *left* where its
    partner took it back or reported it anew, or the lot was called off, and *apart* where the lot was accepted but
    something else stands before its verification: a second officer, or credentials that nobody has looked at.
    """

    class Outcome(models.TextChoices):
        WAITING = "", _("Waiting")
        VERIFIED = "verified", _("Verified")
        RETURNED = "returned", _("Returned")
        LEFT = "left", _("Left the lot")
        APART = "apart", _("Decided apart")

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="units", db_index=False)
    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, related_name="+", db_index=False)
    record = models.ForeignKey("programs.Record", models.PROTECT, related_name="+", db_constraint=False)
    submission = models.ForeignKey(
        "programs.Submission", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    rank = models.IntegerField()
    held = models.BooleanField(default=True)
    conforming = models.BooleanField(null=True)
    judged_by = models.ForeignKey(
        "backend.User", models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    judged_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)

    class Meta:
        db_table = "lot_unit"
        constraints = [
            models.UniqueConstraint(fields=["lot", "rank"], name="lot_unit_rank"),
            models.UniqueConstraint(fields=["record"], condition=Q(held=True), name="record_held_by_one_lot"),
            models.CheckConstraint(
                condition=Q(conforming=None, judged_at=None) | Q(conforming__isnull=False, judged_at__isnull=False),
                name="lot_unit_judged_at_a_moment",
            ),
        ]


class LotDefect(models.Model):
    """Something that is wrong with a unit that was looked at: in which column of the template, how grave, and what."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="defects")
    unit = models.ForeignKey(LotUnit, models.CASCADE, related_name="defects")
    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, related_name="+", db_index=False)
    column = models.CharField(max_length=30)
    defect_class = models.CharField(max_length=10, choices=DefectClass)
    note = models.TextField(blank=True)

    class Meta:
        db_table = "lot_defect"


class SamplingAct(models.Model):
    """What an officer ruled about a partner's sampling; never changed."""

    class Kind(models.TextChoices):
        RESUME = Act.RESUME.value, _("Sampling is resumed")
        CONSENT = Act.CONSENT.value, _("Reduced inspection is consented to")
        NORMAL = Act.NORMAL.value, _("Back to normal inspection")

    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    reason = models.TextField()
    ruled_by = models.ForeignKey("backend.User", models.PROTECT, related_name="+", db_constraint=False)
    ruled_at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "sampling_act"

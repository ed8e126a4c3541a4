"""The ladder as policy: versions of it, and the rungs of each."""

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.clock import SqlNow
from backend.messages.models import Channel

FROM_THE_BEGINNING = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
"""From when on a ladder is in force that nobody had to switch on."""


class Kind(models.TextChoices):
    """What is reminded of; each has a clock of its own and an end of its own."""

    REPORTING = "reporting", _("Report of the period")
    RETENTION = "retention", _("Proof of stay")
    RETURNED = "returned", _("Returned records")
    UNCONFIRMED = "unconfirmed", _("Checked, not confirmed")
    THREADS = "threads", _("Unanswered questions")
    MATCHES = "matches", _("Open match questions")


class Audience(models.TextChoices):
    """Whom a stage turns to."""

    SUBMITTER = "submitter", _("Who reports")
    LEADER = "leader", _("The partner's leader")
    BUREAU = "bureau", _("The bureau")
    MANAGER = "manager", _("The managers")


class Counting(models.TextChoices):
    """Which days are counted from the day on which a clock starts."""

    WORKING = "working", _("Working days")
    CALENDAR = "calendar", _("Calendar days")


class LadderPolicy(models.Model):
    """One version of the ladder of a kind.

    A draft has no ``in_force_from``. Switched on, it is in force from that moment to ``retired_at``; of one kind never
    two at once. ``shipped`` is what came with the product; ``reason`` is why it was switched on.
    """

    kind = models.CharField(max_length=20, choices=Kind)
    version = models.IntegerField()
    note = models.CharField(max_length=200, blank=True)
    shipped = models.BooleanField(default=False)
    in_force_from = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    created_at = models.DateTimeField(db_default=SqlNow())
    created_by = models.ForeignKey("backend.User", models.PROTECT, null=True, related_name="+", db_constraint=False)
    switched_on_by = models.ForeignKey("backend.User", models.PROTECT, null=True, related_name="+", db_constraint=False)

    class Meta:
        db_table = "ladder_policy"
        constraints = [
            models.UniqueConstraint(fields=["kind", "version"], name="ladder_policy_version_once"),
            models.UniqueConstraint(
                fields=["kind"],
                condition=models.Q(in_force_from__isnull=False, retired_at=None),
                name="ladder_policy_one_without_end",
            ),
            models.CheckConstraint(
                condition=models.Q(retired_at=None) | models.Q(retired_at__gte=models.F("in_force_from")),
                name="ladder_policy_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}/{self.version}"

    def state_at(self, moment: dt.datetime) -> str:
        """``draft``, ``planned`` (in force later), ``in_force`` or ``retired``."""
        if self.in_force_from is None:
            return "draft"
        if self.retired_at is not None and self.retired_at <= max(moment, self.in_force_from):
            return "retired"
        return "in_force" if self.in_force_from <= moment else "planned"


class LadderStage(models.Model):
    """One rung: so many days from the day on which the clock starts (negative: before), somebody is written to.

    ``hour`` is the bureau's. Between ``quiet_from`` and ``quiet_until`` nothing goes out, nor on days off where
    ``working_days_only``; what falls there waits. ``contact_role`` names contacts of another role than the audience's
    own. ``endpoint`` is where robots and webhooks are reached. ``digest``: one message a day for all that has come to
    this rung. A text that is empty is the shipped one.
    """

    policy = models.ForeignKey(LadderPolicy, models.CASCADE, related_name="stages")
    code = models.CharField(max_length=30)
    days = models.IntegerField()
    counting = models.CharField(max_length=10, choices=Counting, default=Counting.WORKING)
    audience = models.CharField(max_length=20, choices=Audience)
    contact_role = models.CharField(max_length=30, blank=True)
    channel = models.CharField(max_length=20, choices=Channel, default=Channel.EMAIL)
    endpoint = models.CharField(max_length=20, blank=True)
    hour = models.TimeField(default=dt.time(9))
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)
    working_days_only = models.BooleanField(default=False)
    digest = models.BooleanField(default=False)
    subject_zh = models.CharField(max_length=200, blank=True)
    text_zh = models.TextField(blank=True)
    subject_en = models.CharField(max_length=200, blank=True)
    text_en = models.TextField(blank=True)

    class Meta:
        db_table = "ladder_stage"
        constraints = [
            models.UniqueConstraint(fields=["policy", "code"], name="ladder_stage_once_per_policy"),
            models.CheckConstraint(
                condition=models.Q(quiet_from=None, quiet_until=None)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="ladder_stage_quiet_both_ends",
            ),
        ]

    def __str__(self) -> str:
        return self.code

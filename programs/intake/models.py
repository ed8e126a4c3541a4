"""What the bureau has set about the rules, and what partners ask of them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.clock import SqlNow


class Severity(models.TextChoices):
    """How grave a finding of a rule is. ``off``: the rule is not applied."""

    OFF = "off", _("Off")
    WARNING = "warning", _("Warning")
    ERROR = "error", _("Error")


class RuleSetting(models.Model):
    """How grave a rule is for the periods that begin within some days; of several that apply the latest set stands.

    Never changed: whoever changes their mind sets it anew, so that it stays known what applied when.
    """

    rule = models.CharField(max_length=3)
    severity = models.CharField(max_length=10, choices=Severity)
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    reason = models.TextField()
    set_by = models.ForeignKey("backend.User", models.PROTECT, related_name="+", db_constraint=False)
    set_at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "rule_setting"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until_on=None) | models.Q(until_on__gte=models.F("from_on")),
                name="rule_setting_ends_after_it_begins",
            )
        ]


class Override(models.Model):
    """A partner's explanation why the rows that fail a rule are right all the same, and the bureau's answer.

    It holds for one submission: once ``granted``, the rule's findings there are warnings.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("Asked for")
        GRANTED = "granted", _("Granted")
        REFUSED = "refused", _("Refused")

    submission = models.ForeignKey("programs.Submission", models.CASCADE, related_name="overrides")
    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, related_name="+")
    rule = models.CharField(max_length=3)
    explanation = models.TextField()
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    reason = models.TextField(blank=True)
    asked_by = models.ForeignKey("backend.User", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(db_default=SqlNow())
    decided_by = models.ForeignKey("backend.User", models.PROTECT, null=True, related_name="+", db_constraint=False)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "override"
        constraints = [
            models.UniqueConstraint(fields=["submission", "rule"], name="override_once_per_submission_and_rule"),
            models.CheckConstraint(
                condition=models.Q(state="asked", decided_at=None)
                | models.Q(decided_at__isnull=False) & ~models.Q(state="asked"),
                name="override_decided_at_a_moment",
            ),
        ]
        indexes = [models.Index(fields=["asked_at"], name="override_asked", condition=models.Q(state="asked"))]


class Replay(models.Model):
    """A rule tried on past submissions with another severity, before it is switched on: whom would it hit?

    ``from_on`` and ``until_on`` choose submissions by the beginning of their period. Nothing of them is changed.
    """

    rule = models.CharField(max_length=3)
    severity = models.CharField(max_length=10, choices=Severity)
    from_on = models.DateField()
    until_on = models.DateField()
    job = models.ForeignKey("backend.Job", models.SET_NULL, null=True, related_name="+")
    submissions = models.IntegerField(default=0)
    rows = models.IntegerField(default=0)
    asked_by = models.ForeignKey("backend.User", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(db_default=SqlNow())
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "replay"


class ReplayHit(models.Model):
    """How a submission would have fared: rows that the rule finds, and rows that would be accepted or refused anew."""

    replay = models.ForeignKey(Replay, models.CASCADE, related_name="hits")
    submission = models.ForeignKey("programs.Submission", models.CASCADE, related_name="+")
    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, related_name="+")
    found = models.IntegerField()
    newly_refused = models.IntegerField()
    newly_accepted = models.IntegerField()
    examples = models.JSONField(default=list)

    class Meta:
        db_table = "replay_hit"
        constraints = [models.UniqueConstraint(fields=["replay", "submission"], name="replay_hit_once")]

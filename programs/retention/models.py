"""Checks of who has stayed, what was answered, and after how many months it is asked."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.clock import SqlNow
from programs.catalogue.models import Path


class RetentionRule(models.Model):
    """After how many months it is asked, for one path: of those who arrive or complete on ``valid_from`` or later,
    until the next rule's day. Append-only; of two with the same day the later one holds. No months: nobody is asked."""

    path = models.CharField(max_length=10, choices=Path)
    valid_from = models.DateField()
    months: Any = ArrayField(models.SmallIntegerField())
    reason = models.TextField(blank=True)
    made_by_id = models.BigIntegerField(null=True)
    made_at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "retention_rule"
        indexes = [models.Index(fields=["path", "valid_from", "id"], name="retention_rule_in_force")]

    def __str__(self) -> str:
        return f"{self.path} {self.valid_from}"


class Said(models.TextChoices):
    """What may be answered: of who was introduced the first three, of who was trained the others, unknown of both."""

    STAYS = "stays", _("Still here")
    LEFT = "left", _("Has left")
    CAME_BACK = "came_back", _("Left and came back")
    EMPLOYED_HERE = "employed_here", _("Employed here")
    EMPLOYED_ELSEWHERE = "employed_elsewhere", _("Employed elsewhere")
    NOT_EMPLOYED = "not_employed", _("Not employed")
    UNKNOWN = "unknown", _("Unknown")


class Channel(models.TextChoices):
    """By which way an answer came."""

    API = "api", _("Interface")
    FORM = "form", _("Form")
    FILE = "file", _("File")


class RetentionCheck(models.Model):
    """That an organisation is asked whether somebody whom it reported is still there, some months after they came.

    ``since`` is the record's day that counts: of arrival, or of completion; ``falls_on`` lies ``months`` later. It is
    asked with the other checks of ``period``; none where no period has that day yet. ``answer_id``, ``said``,
    ``left_on`` and ``returned_on`` are the answer's that holds, ``first_answered_at`` the moment of the first one.
    Withdrawn while the record does not stand as verified and completed, or the question has become idle.
    """

    class State(models.TextChoices):
        OPEN = "open", _("To be answered")
        ANSWERED = "answered", _("Has an answer")
        WITHDRAWN = "withdrawn", _("Not asked any more")

    record = models.ForeignKey("programs.Record", models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    person = models.ForeignKey("talent.Person", models.PROTECT, related_name="+", db_constraint=False)
    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, related_name="+", db_index=False)
    path = models.CharField(max_length=10, choices=Path)
    months = models.SmallIntegerField()
    since = models.DateField()
    falls_on = models.DateField()
    period = models.ForeignKey("programs.Period", models.PROTECT, null=True, related_name="+", db_index=False)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    answer_id = models.BigIntegerField(null=True)
    said = models.CharField(max_length=20, choices=Said, blank=True)
    left_on = models.DateField(null=True)
    returned_on = models.DateField(null=True)
    reason = models.CharField(max_length=20, blank=True)
    first_answered_at = models.DateTimeField(null=True)
    laid_out_at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "retention_check"
        constraints = [
            models.UniqueConstraint(fields=["record", "months"], name="retention_check_once_per_month"),
            models.CheckConstraint(
                condition=models.Q(answer_id=None, said="", first_answered_at=None)
                | models.Q(answer_id__isnull=False, first_answered_at__isnull=False) & ~models.Q(said=""),
                name="retention_check_answered_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "period", "state"], name="retention_check_owed"),
            models.Index(fields=["falls_on", "id"], name="retention_check_day"),
            models.Index(fields=["falls_on"], name="retention_check_unplaced", condition=models.Q(period=None)),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class RetentionAnswer(models.Model):
    """What was answered to a check. Append-only: a correction is another row, which ``supersedes`` the one before.

    ``left_on`` is the first day on which the person was not there any more, ``returned_on`` the first on which they
    were again; ``reason`` a code of ``leaving_reason``.
    """

    # Not ``check``: that is a word of every model's own.
    about = models.ForeignKey(RetentionCheck, models.PROTECT, related_name="answers", db_column="check_id")
    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, related_name="+", db_index=False)
    said = models.CharField(max_length=20, choices=Said)
    left_on = models.DateField(null=True)
    returned_on = models.DateField(null=True)
    reason = models.CharField(max_length=20, blank=True)
    note = models.TextField(blank=True)
    channel = models.CharField(max_length=4, choices=Channel)
    submission_id = models.BigIntegerField(null=True)
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, related_name="superseded_by")
    answered_by_id = models.BigIntegerField(null=True)
    answered_at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "retention_answer"

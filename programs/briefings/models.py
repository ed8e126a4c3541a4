"""Briefings, their files, and the schedules by which they are made and sent."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.clock import SqlNow
from programs.briefings.kinds import Kind


class Language(models.TextChoices):
    """The languages that a briefing is written in."""

    ZH = "zh-hans", "简体中文"
    EN = "en", "English"


class Form(models.TextChoices):
    """What each language is made as."""

    WORD = "docx", _("Word")
    PDF = "pdf", _("PDF")


def _languages() -> ArrayField:
    return ArrayField(models.CharField(max_length=10, choices=Language))


class BriefingSchedule(models.Model):
    """By which briefings of a plan are made when a month, quarter or year is over, and to whom they are sent.

    A period is due ``working_days`` working days after its last day. With ``publish`` a snapshot is published for it
    then, in the name of ``owner``; without, one that a manager has published is waited for. Periods that were due
    before ``since`` are left alone.
    """

    plan = models.ForeignKey("programs.Plan", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=7, choices=Kind)
    languages = _languages()
    publish = models.BooleanField(default=False)
    working_days = models.SmallIntegerField(default=5)
    active = models.BooleanField(default=True)
    owner = models.ForeignKey("backend.User", models.PROTECT, related_name="+", db_constraint=False)
    since = models.DateField()
    changed_at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "briefing_schedule"
        constraints = [
            models.UniqueConstraint(fields=["plan", "kind", "languages"], name="briefing_schedule_once"),
            models.CheckConstraint(
                condition=models.Q(working_days__gte=0, working_days__lte=60), name="briefing_schedule_soon"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id}:{self.kind}"


class BriefingSubscriber(models.Model):
    """Somebody of the bureau to whom a schedule's briefings are sent."""

    schedule = models.ForeignKey(BriefingSchedule, models.CASCADE, related_name="subscribers")
    user = models.ForeignKey("backend.User", models.PROTECT, related_name="+", db_constraint=False)

    class Meta:
        db_table = "briefing_subscriber"
        constraints = [models.UniqueConstraint(fields=["schedule", "user"], name="briefing_subscriber_once")]


class Briefing(models.Model):
    """A snapshot told in words, tables and charts, for a finished month, quarter or year. Append-only.

    Its files are made by a job whose subject it is, so how far it is stands on that job. ``organisation`` is in whose
    name it is written; ``schedule`` ordered it, or else ``made_by`` did by hand.
    """

    snapshot = models.ForeignKey("programs.Snapshot", models.PROTECT, related_name="briefings")
    kind = models.CharField(max_length=7, choices=Kind)
    period = models.CharField(max_length=7)
    languages = _languages()
    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, related_name="+", db_index=False)
    made_by = models.ForeignKey("backend.User", models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    schedule = models.ForeignKey(BriefingSchedule, models.PROTECT, null=True, related_name="+", db_index=False)
    ordered_at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "briefing"
        constraints = [
            models.UniqueConstraint(fields=["snapshot", "kind", "languages"], name="briefing_once_per_snapshot")
        ]

    def __str__(self) -> str:
        return f"{self.snapshot_id}:{self.period}"


class BriefingFile(models.Model):
    """A briefing in one language and form, sealed. Append-only."""

    briefing = models.ForeignKey(Briefing, models.PROTECT, related_name="files")
    language = models.CharField(max_length=10, choices=Language)
    form = models.CharField(max_length=4, choices=Form)
    file = models.OneToOneField("backend.SealedFile", models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "briefing_file"
        constraints = [models.UniqueConstraint(fields=["briefing", "language", "form"], name="briefing_file_once")]


class BriefingIssue(models.Model):
    """That a schedule has made its briefing of a period: the row that keeps it from being made or sent twice.
    Append-only."""

    schedule = models.ForeignKey(BriefingSchedule, models.PROTECT, related_name="issues")
    period = models.CharField(max_length=7)
    briefing = models.ForeignKey(Briefing, models.PROTECT, related_name="issues")
    issued_at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "briefing_issue"
        constraints = [models.UniqueConstraint(fields=["schedule", "period"], name="briefing_issue_once_per_period")]

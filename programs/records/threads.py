"""Questions about a submission or a record, and what is answered."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.clock import SqlNow
from programs.records.models import Record


class Thread(models.Model):
    """A question on a submission or on a record, between the bureau and one partner.

    ``open`` waits for the partner, ``answered`` for the bureau. ``mail_at`` is when the partner is written to of what
    has been said to it since ``mail_from``; both are null where there is nothing to be written.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Waits for the partner")
        ANSWERED = "answered", _("Waits for the bureau")
        CLOSED = "closed", _("Closed")

    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, related_name="+", db_constraint=False)
    submission = models.ForeignKey(
        "programs.Submission", models.PROTECT, null=True, related_name="threads", db_constraint=False
    )
    record = models.ForeignKey(Record, models.PROTECT, null=True, related_name="threads", db_constraint=False)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    opened_by = models.ForeignKey("backend.User", models.PROTECT, related_name="+", db_constraint=False)
    opened_at = models.DateTimeField(db_default=SqlNow())
    moved_at = models.DateTimeField(db_default=SqlNow())
    mail_from = models.DateTimeField(null=True)
    mail_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey("backend.User", models.PROTECT, null=True, related_name="+", db_constraint=False)

    class Meta:
        db_table = "thread"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(submission=None, record__isnull=False)
                | models.Q(submission__isnull=False, record=None),
                name="thread_on_a_submission_or_a_record",
            )
        ]
        indexes = [
            models.Index(fields=["mail_at"], name="thread_to_be_mailed", condition=models.Q(mail_at__isnull=False)),
            models.Index(fields=["organisation", "state"], name="thread_organisation_state"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class ThreadMessage(models.Model):
    """What somebody said in a thread; ``by_bureau`` tells the sides apart. Identity numbers are masked."""

    thread = models.ForeignKey(Thread, models.PROTECT, related_name="messages", db_index=False)
    organisation = models.ForeignKey(
        "backend.Organisation", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    text = models.TextField()
    by_bureau = models.BooleanField()
    said_by = models.ForeignKey("backend.User", models.PROTECT, related_name="+", db_constraint=False)
    said_at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "thread_message"
        indexes = [models.Index(fields=["thread", "id"], name="thread_message_thread")]


class ThreadReading(models.Model):
    """How far somebody has read a thread: up to the message ``read_to``."""

    thread = models.ForeignKey(Thread, models.PROTECT, related_name="readings", db_index=False)
    organisation = models.ForeignKey(
        "backend.Organisation", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    reader = models.ForeignKey("backend.User", models.PROTECT, related_name="+", db_constraint=False)
    read_to = models.BigIntegerField()

    class Meta:
        db_table = "thread_reading"
        constraints = [models.UniqueConstraint(fields=["thread", "reader"], name="thread_reading_once_per_reader")]

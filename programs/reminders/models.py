"""Every reminder as a row."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.messages.models import Channel
from programs.reminders.policy_models import Audience, Counting, Kind, LadderPolicy, LadderStage
from programs.reminders.quiet_models import DigestChoice, Quieting

__all__ = [
    "Audience",
    "Counting",
    "DigestChoice",
    "Kind",
    "LadderPolicy",
    "LadderStage",
    "Note",
    "Quieting",
    "Reminder",
]


class Note(models.TextChoices):
    """Why a reminder does not go out, or not yet; the mail server's own words are on the delivery."""

    SETTLED = "settled", _("Nothing is owed any more.")
    NOT_A_RECIPIENT = "not_a_recipient", _("The address is no recipient any more.")
    REPLACED = "replaced", _("Its ladder is not in force any more.")
    LATER_STAGE = "later_stage", _("A later stage was due as well and took its place.")
    STALE = "stale", _("It was overtaken by time; one message names all that is outstanding instead.")
    PUT_OFF = "put_off", _("The mail server could not take it yet; it is tried again.")
    GIVEN_UP = "given_up", _("The mail server could not take it, however often it was tried.")
    REFUSED = "refused", _("The mail server refused it. Mend the address.")
    SUPPRESSED = "suppressed", _("The address was refused before, so nothing is sent there any more. Mend it.")
    UNANSWERED = "unanswered", _("The connection was lost before the mail server said that it had taken it.")


class Reminder(models.Model):
    """One message that somebody shall get about something outstanding, at one stage of its ladder.

    ``scheduled → sending → sent / unknown / failed``, or ``cancelled`` (nothing is owed any more) or ``skipped`` (it
    went stale, or another one said the same); ``note`` is the code of why, which ``get_note_display()`` puts into the
    reader's language. ``unknown``: the mail server took the message and the connection was lost before it said so.

    What it is about is an obligation, null once that is no longer expected; of the other kinds it is ``about_id``,
    whose clock started at ``since``. One delivery may carry several: a digest. ``policy`` is the version of the ladder
    by which it went out.
    """

    class State(models.TextChoices):
        SCHEDULED = "scheduled", _("Scheduled")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        UNKNOWN = "unknown", _("Sent, perhaps not received")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")
        SKIPPED = "skipped", _("Passed over")

    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.REPORTING)
    obligation = models.ForeignKey("programs.Obligation", models.SET_NULL, null=True, related_name="reminders")
    about_id = models.BigIntegerField(null=True)
    since = models.DateTimeField(null=True)
    subject = models.CharField(max_length=200)
    stage = models.CharField(max_length=30)
    channel = models.CharField(max_length=20, choices=Channel)
    audience = models.CharField(max_length=20, choices=Audience)
    recipient = models.CharField(max_length=254)
    language = models.CharField(max_length=10)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=20, choices=State, default=State.SCHEDULED)
    note = models.CharField(max_length=20, choices=Note, blank=True)
    attempts = models.IntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    delivery = models.ForeignKey("backend.Delivery", models.PROTECT, null=True, related_name="+")
    policy = models.ForeignKey(LadderPolicy, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        db_table = "reminder"
        constraints = [
            models.UniqueConstraint(
                fields=["obligation", "stage", "channel", "recipient"], name="reminder_once_per_stage_and_recipient"
            ),
            models.UniqueConstraint(
                fields=["kind", "about_id", "since", "stage", "channel", "recipient"],
                condition=models.Q(about_id__isnull=False),
                name="reminder_once_per_subject_and_recipient",
            ),
            models.CheckConstraint(
                condition=models.Q(about_id=None, since=None)
                | models.Q(about_id__isnull=False, since__isnull=False, obligation=None),
                name="reminder_about_one_thing",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="reminder_scheduled", condition=models.Q(state="scheduled")),
            models.Index(fields=["organisation", "due_at"], name="reminder_organisation"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

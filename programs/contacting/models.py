"""What came of calling somebody who is late."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.clock import SqlNow
from programs.periods.models import Obligation


class CallNote(models.Model):
    """That somebody of the bureau tried to reach a partner, and what came of it. Never changed, never deleted.

    ``spoke_with`` is whom, where anybody was reached. ``promised_on`` is the day by which it was promised to come,
    given with the outcome *promised* and with no other. What a partner is said to have said is the bureau's own: no
    partner reads it.
    """

    class Outcome(models.TextChoices):
        REACHED = "reached", _("Reached")
        NOT_REACHED = "not_reached", _("Not reached")
        PROMISED = "promised", _("Promised")
        WRONG_CONTACT = "wrong_contact", _("Wrong contact")

    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=20, choices=Outcome)
    promised_on = models.DateField(null=True)
    spoke_with = models.CharField(max_length=100, blank=True)
    note = models.TextField(blank=True)
    noted_by = models.ForeignKey("backend.User", models.PROTECT, related_name="+", db_constraint=False)
    noted_at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "call_note"
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="promised", promised_on__isnull=False)
                | ~Q(outcome="promised") & Q(promised_on=None),
                name="call_note_promises_a_day",
            )
        ]
        indexes = [models.Index(fields=["organisation", "-id"], name="call_note_organisation")]

    def __str__(self) -> str:
        return str(self.pk)


class CallSubject(models.Model):
    """One thing that a call was about, named as an obligation is: that may go, and what was said of it stays."""

    note = models.ForeignKey(CallNote, models.PROTECT, related_name="subjects")
    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, related_name="+", db_index=False)
    period = models.ForeignKey("programs.Period", models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=20, choices=Obligation.Kind)

    class Meta:
        db_table = "call_subject"
        constraints = [models.UniqueConstraint(fields=["note", "period", "kind"], name="call_about_a_thing_once")]
        indexes = [models.Index(fields=["organisation", "period", "kind", "-note"], name="call_subject_of")]

    def __str__(self) -> str:
        return f"{self.kind} {self.period_id}"

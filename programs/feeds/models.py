"""Calendar feeds: their secret addresses, and what was published of each due day."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.clock import SqlNow


class CalendarFeed(models.Model):
    """The secret address of an organisation's calendar; only its SHA-256 is kept, and one at a time is live.

    Whoever knows the address reads the organisation's due days without a login, until it is revoked.
    """

    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, related_name="+")
    digest = models.BinaryField(unique=True, max_length=32)
    language = models.CharField(max_length=10, choices=User.Language)
    made_by = models.ForeignKey("backend.User", models.PROTECT, null=True, related_name="+", db_constraint=False)
    made_at = models.DateTimeField(db_default=SqlNow())
    revoked_by = models.ForeignKey("backend.User", models.PROTECT, null=True, related_name="+", db_constraint=False)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "calendar_feed"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=models.Q(revoked_at=None), name="one_live_feed_per_organisation"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class PublishedDay(models.Model):
    """A due day as it was last given to whoever reads the feed: what RFC 5545 counts an event's ``SEQUENCE`` by.

    It outlives its obligation, so that an event that is owed no more is told as cancelled and does not just vanish.
    """

    class State(models.TextChoices):
        MISSING = "missing", _("Missing")
        REPORTED = "reported", _("Reported")
        CONFIRMED_ZERO = "confirmed_zero", _("Confirmed: nothing to report")
        EXCUSED = "excused", _("Excused")
        GONE = "gone", _("Not owed any more")

    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, related_name="+")
    period = models.ForeignKey("programs.Period", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    due_on = models.DateField()
    state = models.CharField(max_length=20, choices=State)
    sequence = models.IntegerField(default=0)
    made_at = models.DateTimeField(db_default=SqlNow())
    changed_at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "published_day"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "period", "kind"], name="published_once_per_period")
        ]

    def __str__(self) -> str:
        return str(self.pk)

"""When nobody is to be reminded for a while, and who wants one message a day instead of many."""

import datetime as dt

from django.db import models

from backend.clock import SqlNow


class Quieting(models.Model):
    """That an organisation, or one obligation of it, is left in peace, and why.

    Snoozed: through the day before ``until``. Muted: ``until`` is null, and it lasts until somebody lifts it.
    """

    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, related_name="+")
    obligation = models.ForeignKey("programs.Obligation", models.CASCADE, null=True, related_name="quietings")
    until = models.DateField(null=True)
    reason = models.TextField()
    set_at = models.DateTimeField(db_default=SqlNow())
    set_by = models.ForeignKey("backend.User", models.PROTECT, related_name="+", db_constraint=False)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey("backend.User", models.PROTECT, null=True, related_name="+", db_constraint=False)
    lift_reason = models.TextField(blank=True)

    class Meta:
        db_table = "quieting"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "obligation"],
                condition=models.Q(lifted_at=None),
                nulls_distinct=False,
                name="quieting_once_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def lasts_on(self, day: dt.date) -> bool:
        """Whether nobody is reminded on ``day``."""
        return self.lifted_at is None and (self.until is None or day < self.until)


class DigestChoice(models.Model):
    """That somebody wants one message a day, at an hour of the bureau's, which lists all, instead of single ones."""

    user = models.OneToOneField("backend.User", models.CASCADE, related_name="+")
    hour = models.TimeField(default=dt.time(9))
    chosen_at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "digest_choice"

"""What is noted of how somebody takes part."""

from django.db import models

from backend.clock import SqlNow


class Attendance(models.Model):
    """How often somebody was there, up to a day: of one record, as it was told at one time. Append-only.

    The summary of the highest ``edition`` stands. ``hours`` are those attended; ``withdrawal_reason`` is a code of that
    table, where the record says that they withdrew. ``submission_id`` names the file that it came with, if any.
    """

    record = models.ForeignKey(
        "programs.Record", models.PROTECT, related_name="attendance", db_index=False, db_constraint=False
    )
    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, related_name="+", db_index=False)
    edition = models.IntegerField()
    sessions_held = models.IntegerField(null=True)
    sessions_attended = models.IntegerField(null=True)
    hours = models.DecimalField(max_digits=7, decimal_places=1, null=True)
    until = models.DateField()
    withdrawal_reason = models.CharField(max_length=20, blank=True)
    submission_id = models.BigIntegerField(null=True)
    noted_by_id = models.BigIntegerField(null=True)
    noted_at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "attendance"
        constraints = [
            models.UniqueConstraint(fields=["record", "edition"], name="attendance_once_per_edition"),
            models.CheckConstraint(
                condition=models.Q(sessions_held=None, sessions_attended=None)
                | models.Q(sessions_held__gte=models.F("sessions_attended"), sessions_attended__gte=0),
                name="attendance_within_sessions",
            ),
            models.CheckConstraint(condition=models.Q(hours=None) | models.Q(hours__gte=0), name="attendance_hours"),
        ]

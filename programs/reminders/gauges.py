"""What operations counts of the reminders."""

from backend.doctor.gauges import gauge

_DUE = "FROM reminder WHERE state = 'scheduled' AND due_at"

gauge(
    "shugu_reminders",
    "Reminders that are due and not decided on, and those that have been for a quarter of an hour.",
    f"SELECT 'due', count(*) {_DUE} <= shugu_now()"
    f" UNION ALL SELECT 'late', count(*) {_DUE} < shugu_now() - interval '15 minutes'",
    label="state",
)

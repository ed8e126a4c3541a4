"""What this room holds on a person."""

from django.utils.translation import gettext_lazy as lazy

from talent.credentials.holdings import COUNTED
from talent.holdings.registry import By, Holding, declare

declare(
    Holding(
        table="attendance",
        label=lazy("Attendance"),
        by={"record_id": By.RECORD},
        tells=("record_id", "sessions_held", "sessions_attended", "hours", "until", "withdrawal_reason", "noted_at"),
        keeps=("withdrawal_reason",),
        why=COUNTED,
    )
)

"""What this room holds on a person: that something of theirs may not be destroyed."""

from django.utils.translation import gettext_lazy as lazy

from talent.holdings.registry import By, Holding, declare

declare(
    Holding(
        table="legal_hold",
        label=lazy("Legal holds"),
        by={"person_id": By.PERSON},
        keeps=("reason", "lift_reason"),
        why=lazy("That something was held, and why, is told of no one by name."),
    )
)

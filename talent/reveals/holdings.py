"""What this room holds on a person: who has opened their page."""

from django.utils.translation import gettext_lazy as lazy

from talent.holdings.registry import By, Holding, declare

declare(
    Holding(
        table="person_look",
        label=lazy("Who opened the person’s page"),
        by={"person_id": By.PERSON},
        why=lazy("Who has looked stays known, of whatever number it was."),
    )
)

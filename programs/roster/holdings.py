"""What this room holds on a person."""

from django.utils.translation import gettext_lazy as lazy

from talent.holdings.registry import By, Fate, Holding, declare

declare(
    Holding(
        table="roster",
        label=lazy("Entries by which the person is found"),
        by={"person_id": By.PERSON},
        fate=Fate.ERASED,
    )
)

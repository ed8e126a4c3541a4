"""What this room holds on a person."""

from django.utils.translation import gettext_lazy as lazy

from talent.credentials.holdings import COUNTED
from talent.holdings.registry import By, Fate, Holding, declare

declare(
    Holding(
        table="retention_check",
        label=lazy("Questions whether the person has stayed"),
        by={"person_id": By.PERSON, "record_id": By.RECORD},
        tells=("record_id", "months", "falls_on", "state", "said", "left_on", "returned_on", "reason"),
        fate=Fate.STRIPPED,
        # Nobody is asked any more about somebody who has no name.
        strips={"state": "CASE state WHEN 'open' THEN 'withdrawn' ELSE state END"},
        keeps=("path", "said", "reason"),
        why=COUNTED,
    ),
    Holding(
        table="retention_answer",
        label=lazy("Answers whether the person has stayed"),
        through={"check_id": "retention_check"},
        tells=("said", "left_on", "returned_on", "reason", "note", "answered_at"),
        fate=Fate.STRIPPED,
        strips={"note": "''"},
        keeps=("said", "reason", "channel"),
        why=COUNTED,
        said=True,
    ),
)

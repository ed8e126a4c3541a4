"""What this room holds on a person."""

from django.utils.translation import gettext_lazy as lazy

from talent.holdings.registry import By, Fate, Holding, declare

COUNTED = lazy("What the count rests on, without whose it is.")

declare(
    Holding(
        table="credential",
        label=lazy("Education and titles"),
        by={"person_id": By.PERSON, "record_id": By.RECORD},
        tells=("record_id", "kind", "code", "school", "held_from", "state", "created_at"),
        fate=Fate.STRIPPED,
        strips={"school": "''", "number_index": "NULL"},
        keeps=("kind", "code", "state"),
        why=COUNTED,
    ),
    Holding(
        table="evidence",
        label=lazy("Files that show a credential"),
        by={"person_id": By.PERSON, "record_id": By.RECORD},
        tells=("credential_id", "media", "size", "sha256", "pages", "state", "filed_at"),
        fate=Fate.ERASED,
    ),
    Holding(
        table="examination",
        label=lazy("What was found out about credentials"),
        by={"person_id": By.PERSON, "record_id": By.RECORD},
        tells=("credential_id", "kind", "code", "verdict", "reason", "at"),
        fate=Fate.STRIPPED,
        strips={"reason": "''"},
        keeps=("kind", "code", "verdict", "state"),
        why=COUNTED,
        said=True,
    ),
)

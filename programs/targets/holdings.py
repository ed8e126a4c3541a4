"""What this room holds on a person: where they count and since when."""

from django.utils.translation import gettext_lazy as lazy

from talent.holdings.registry import By, Holding, declare
from talent.people.holdings import PSEUDONYM

_SIDES = ("path", "basis", "district", "segment")
_TELLS = ("target_id", "effective_on", "record_id", "organisation_id", "programme_id", *_SIDES)

declare(
    Holding(
        table="standing",
        label=lazy("Where the person counts"),
        by={"person_id": By.PERSON, "record_id": By.RECORD},
        tells=_TELLS,
        keeps=_SIDES,
        why=PSEUDONYM,
    ),
    Holding(
        table="ledger_entry",
        label=lazy("Entries of the ledger"),
        by={"person_id": By.PERSON, "record_id": By.RECORD},
        tells=("delta", "reason", "recorded_at", *_TELLS),
        keeps=(*_SIDES, "reason"),
        why=PSEUDONYM,
    ),
    Holding(
        table="departure",
        label=lazy("Departures"),
        by={"person_id": By.PERSON, "record_id": By.RECORD},
        tells=("left_on", "returned_on", "told_at"),
        why=PSEUDONYM,
    ),
    Holding(
        table="departure_entry",
        label=lazy("Departures beside the ledger"),
        by={"person_id": By.PERSON, "record_id": By.RECORD},
        tells=("delta", "recorded_at", *_TELLS),
        keeps=_SIDES,
        why=PSEUDONYM,
    ),
    Holding(
        table="plan_change",
        label=lazy("What a drafted plan would change"),
        by={"person_id": By.PERSON, "record_id": By.RECORD},
        keeps=("target", "change", "cause", "basis"),
        why=PSEUDONYM,
    ),
    Holding(
        table="gap",
        label=lazy("Why a record does not count"),
        by={"head_id": By.PERSON},
        tells=("target_id", "reason", "day", "recorded_at"),
        keeps=("kind", "reason", "path", "district", "segment"),
        why=PSEUDONYM,
    ),
)

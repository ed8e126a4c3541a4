"""What this room holds on a person: what they asked, and that they were erased."""

from django.utils.translation import gettext_lazy as lazy

from talent.holdings.registry import By, Holding, declare

_PROOF = lazy("That the request was handled has to be shown.")

declare(
    Holding(
        table="privacy_request",
        label=lazy("Requests of the person"),
        by={"person_id": By.PERSON, "record_id": By.RECORD},
        tells=("id", "kind", "state", "channel", "wanted", "received_on", "due_on", "answer", "closed_at"),
        # Whoever erases takes the name out of what was said here.
        keeps=(*("kind", "state", "channel", "wanted", "identified", "identified_note", "numbers_reason", "answer"),),
        why=_PROOF,
    ),
    Holding(table="erased_person", label=lazy("That the person was erased"), by={"person_id": By.PERSON}, why=_PROOF),
)

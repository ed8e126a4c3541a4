"""Whom the parts of an organisation report is read by its users too."""

from backend.accounts.scope import read_from_above
from backend.vault.columns import seals
from talent.people.models import PersonReport, Sighting

read_from_above(PersonReport, Sighting)

seals("identity_document", "sealed_number")

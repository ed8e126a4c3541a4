"""The tables of people and what they hold, each defined in its own room."""

from talent.credentials.models import Credential, Evidence, Examination, Tier, TierCredential
from talent.people.models import (
    IdentityDocument,
    MatchCase,
    Merge,
    Person,
    PersonAlias,
    PersonChange,
    PersonKey,
    PersonReport,
    Sighting,
    TraitCount,
)

__all__ = [
    "Credential",
    "Evidence",
    "Examination",
    "IdentityDocument",
    "MatchCase",
    "Merge",
    "Person",
    "PersonAlias",
    "PersonChange",
    "PersonKey",
    "PersonReport",
    "Sighting",
    "Tier",
    "TierCredential",
    "TraitCount",
]

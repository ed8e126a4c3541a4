"""The tables of people and what they hold, each defined in its own room."""

from talent.credentials.models import Credential, Evidence, Examination, Tier, TierCredential
from talent.people.models import (
    IdentityDocument,
    MatchCase,
    Person,
    PersonAlias,
    PersonChange,
    PersonReport,
)

__all__ = [
    "Credential",
    "Evidence",
    "Examination",
    "IdentityDocument",
    "MatchCase",
    "Person",
    "PersonAlias",
    "PersonChange",
    "PersonReport",
    "Tier",
    "TierCredential",
]

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
    PersonLook,
    PersonReport,
    RosterMark,
    Sighting,
    TraitCount,
)
from talent.reveals.models import RevealDigest

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
    "PersonLook",
    "PersonReport",
    "RevealDigest",
    "RosterMark",
    "Sighting",
    "Tier",
    "TierCredential",
    "TraitCount",
]

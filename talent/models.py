"""The tables of people and what they hold, each defined in its own room."""

from talent.credentials.models import Credential, Tier, TierCredential
from talent.people.models import (
    IdentityDocument,
    MatchCase,
    Person,
    PersonAlias,
    PersonChange,
    PersonReport,
    RosterMark,
)
from talent.reveals.models import RevealDigest

__all__ = [
    "Credential",
    "IdentityDocument",
    "MatchCase",
    "Person",
    "PersonAlias",
    "PersonChange",
    "PersonReport",
    "RevealDigest",
    "RosterMark",
    "Tier",
    "TierCredential",
]

"""The tier rule as loaded from the plans: which credentials make their holder of a tier that asks for one."""

import datetime as dt
from dataclasses import dataclass

from talent.credentials.models import Credential, Tier, TierCredential


@dataclass(frozen=True, slots=True)
class QualifyingCodes:
    """The codes that qualify for some tier, and the span within which a person can come to count by them.

    Without a loaded plan the sets are empty and the days ``None``.
    """

    education: frozenset[str]
    titles: frozenset[str]
    starts_on: dt.date | None
    ends_on: dt.date | None


def qualifying_codes() -> QualifyingCodes:
    """What qualifies by any loaded plan, on whatever day."""
    codes: dict[str, set[str]] = {kind: set() for kind in Credential.Kind.values}
    for kind, code in TierCredential.objects.values_list("kind", "code"):
        codes[kind].add(code)
    spans = list(Tier.objects.filter(qualifying__isnull=False).values_list("starts_on", "ends_on"))
    return QualifyingCodes(
        education=frozenset(codes[Credential.Kind.EDUCATION]),
        titles=frozenset(codes[Credential.Kind.TITLE]),
        starts_on=min((starts_on for starts_on, _ in spans), default=None),
        ends_on=max((ends_on for _, ends_on in spans), default=None),
    )

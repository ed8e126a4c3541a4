"""What others know of people that tells them apart: rooms above this one offer it here, as ``sources`` does for pages.

A source is registered once, in its room's ``handlers`` module, and is asked under the bureau's scope.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple


class Phone(NamedTuple):
    """A telephone number that was reported of a person: in memory alone, never kept in the clear."""

    person_id: int
    number: str


class Claim(NamedTuple):
    """An education or a title of a person: its kind with its level, the school, the certificate's blind index."""

    person_id: int
    level: str
    school: str
    certificate: bytes | None
    held_from: dt.date | None = None


PhoneSource = Callable[[Sequence[int]], Iterable[Phone]]
ClaimSource = Callable[[Sequence[int]], Iterable[Claim]]


def listed(numbers: Iterable[int]) -> str:
    """Whole numbers as the text of a PostgreSQL array: a driver that is given ten thousand looks at each of them."""
    return "{" + ",".join(map(str, numbers)) + "}"


_phones: list[PhoneSource] = []
_claims: list[ClaimSource] = []


def phone_source(source: PhoneSource) -> PhoneSource:
    """Register ``source(person_ids)``, which gives the telephone numbers of these persons."""
    if source not in _phones:
        _phones.append(source)
    return source


def claim_source(source: ClaimSource) -> ClaimSource:
    """Register ``source(person_ids)``, which gives the credentials of these persons."""
    if source not in _claims:
        _claims.append(source)
    return source


def phones(person_ids: Sequence[int]) -> list[Phone]:
    """The telephone numbers of some persons."""
    return [one for source in _phones for one in source(person_ids)]


def claims(person_ids: Sequence[int]) -> list[Claim]:
    """The credentials of some persons."""
    return [one for source in _claims for one in source(person_ids)]

"""Somebody who is on no books, as far as they are known, and the blind keys that persons like them are filed under."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from talent.people.keys import Blinder, Traits, described

Key = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody, as far as they are known; ``id`` tells them from the others who are asked about, and is below 0.

    ``numbers`` are the documents whose number nothing checks, as (class, number); ``id_types`` of all documents.
    """

    id: int
    name: str
    birth_date: dt.date | None = None
    gender: str = ""
    phones: Sequence[str] = ()
    education: str = ""
    school: str = ""
    id_types: Sequence[str] = ()
    numbers: Sequence[tuple[str, str]] = field(default=())

    def traits(self) -> Traits:
        """What they are filed by."""
        return Traits(
            person_id=self.id,
            names=[self.name],
            birth_date=self.birth_date,
            phones=self.phones,
            schools=[self.school] if self.school else (),
            numbers=self.numbers,
        )


@dataclass(frozen=True, slots=True)
class Resemblance:
    """A person, by the row that speaks for them, whom a stranger resembles; reasons with their bits."""

    person_id: int
    score: float
    reasons: list[tuple[str, float]]


def keys_of(strangers: Sequence[Stranger]) -> dict[int, list[Key]]:
    """By stranger, the blind keys that persons like them are filed under, each as (kind, key)."""
    owners: list[int] = []
    kinds: list[int] = []
    texts: list[str] = []
    for one in strangers:
        for kind, text in described(one.traits()):
            owners.append(one.id)
            kinds.append(int(kind))
            texts.append(text)
    found: dict[int, dict[Key, None]] = defaultdict(dict)
    for owner, number, key in zip(owners, kinds, Blinder()(texts) if texts else [], strict=True):
        found[owner][number, key] = None
    return {owner: list(keys) for owner, keys in found.items()}

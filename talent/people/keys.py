"""The keys under which a person is filed: what somebody who may be the same human being has in common with them.

Each is blind, the beginning of a keyed HMAC. Several of them, because a pair is found only by a key that both have:
whichever one trait is missing, mistyped or changed, there is a key that does without it.

============  =================================================================================================
kind          finds those who share
============  =================================================================================================
PHONE         a telephone number
CERTIFICATE   a certificate number
MONTH         the sound of the name, and the year and month of birth: the day may be another
DAY           the sound of the name, and the year and day: the month may be another
YEARLESS      the sound of the name, and the month and day: the year may be another
TURNED        the sound of the name, and the year, with day and month exchanged
PART          the day of birth, and the sound of the surname, or of the given name, or of one word of it
SCHOOL        the sound of the name, and the school: the day of birth may be any
NUMBER        a document's class and its number less one character, where no check would refuse a slip
============  =================================================================================================

The sound is ``names.spelling``: 张伟, 张玮, Zhang Wei and WEI ZHANG are filed alike.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from backend.reference.folding import fold
from backend.vault import services as vault
from talent.people.names import parts, spelling

KEY_BYTES = 8
KEY = ">i8"
LARGEST_MONTH = 12
ALL_PERSONS = 0
"""The key under which all persons are counted."""

RESIDENT = frozenset({"111", "112"})
SELF_CHECKED = RESIDENT | {"L-RP-HM", "L-RP-TW", "553"}
"""Documents whose eighteen digits carry a check, so that a slip of one character never reaches the books."""


class Kind(IntEnum):
    """What a key is made of."""

    PHONE = 1
    CERTIFICATE = 2
    MONTH = 3
    DAY = 4
    YEARLESS = 5
    TURNED = 6
    PART = 7
    SCHOOL = 8
    NUMBER = 9


@dataclass(frozen=True, slots=True)
class Traits:
    """What is known of one person: every name that they bear, and the rest."""

    person_id: int
    names: Sequence[str]
    birth_date: dt.date | None
    phones: Iterable[str] = ()
    schools: Iterable[str] = ()
    certificates: Collection[bytes] = ()
    numbers: Iterable[tuple[str, str]] = ()


class Blinder:
    """Makes keys of texts; the same text always gives the same one."""

    def __init__(self) -> None:
        self._indexer = vault.Indexer()

    def __call__(self, texts: Iterable[str]) -> list[int]:
        return blind(self._indexer.indexes(texts))


def blind(indexes: Iterable[bytes]) -> list[int]:
    """Blind indexes as keys."""
    return np.frombuffer(b"".join([index[:KEY_BYTES] for index in indexes]), dtype=KEY).tolist()


def described(traits: Traits) -> Iterator[tuple[Kind, str]]:
    """What a person is filed under, in the clear: to be blinded at once. Certificates are blind already."""
    born = traits.birth_date
    for number in traits.phones:
        yield Kind.PHONE, f"phone|{number}"
    for name in traits.names:
        sound = spelling(name)
        for school in traits.schools:
            yield Kind.SCHOOL, f"school|{sound}|{fold(school)}"
        if born is None:
            continue
        yield Kind.MONTH, f"month|{sound}|{born.year}|{born.month}"
        yield Kind.DAY, f"day|{sound}|{born.year}|{born.day}"
        yield Kind.YEARLESS, f"yearless|{sound}|{born.month}|{born.day}"
        if born.day <= LARGEST_MONTH and born.day != born.month:
            yield Kind.TURNED, f"turned|{sound}|{born.year}|{min(born.day, born.month)}|{max(born.day, born.month)}"
        for part in dict.fromkeys(parts(name)):
            yield Kind.PART, f"part|{part}|{born}"
    for kind, number in traits.numbers:
        for place in range(len(number)):
            yield Kind.NUMBER, f"number|{kind}|{number[:place]}{number[place + 1 :]}"


def counted(traits: Traits) -> Iterator[str]:
    """What of a person is counted, to tell the rare from the common."""
    for name in traits.names:
        yield name_trait(name)
        yield sound_trait(name)
    for school in {fold(school) for school in traits.schools}:
        yield school_trait(school)


def name_trait(name: str) -> str:
    """What a name is counted as."""
    return f"name|{fold(name)}"


def sound_trait(name: str) -> str:
    """What the sound of a name is counted as."""
    return f"sound|{spelling(name)}"


def school_trait(school: str) -> str:
    """What a school is counted as."""
    return f"school|{fold(school)}"

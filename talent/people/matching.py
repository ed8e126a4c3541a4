"""How likely two names given for one number are of one human being: a score from 0 to 1 and the reasons behind it.

It ranks what an officer looks at and decides nothing. Pure: nothing here touches the database.
"""

import datetime as dt
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from talent.people.names import letters, read_alike

# The number alone says half: whoever mistypes a number rarely hits another's. The name says most of the rest.
NUMBER, NAME, BIRTH = 0.5, 0.4, 0.1
READ_ALIKE = 0.9
PART_OF = 0.8
ALIKE = 0.5


class Reason(StrEnum):
    """What speaks for a pair being one person, or against it."""

    SAME_NUMBER = "same_number"
    READ_ALIKE = "read_alike"
    SAME_CHARACTERS = "same_characters"
    PART_OF_NAME = "part_of_name"
    NAMES_ALIKE = "names_alike"
    NAMES_DIFFER = "names_differ"
    SAME_BIRTH_DATE = "same_birth_date"
    OTHER_BIRTH_DATE = "other_birth_date"
    # Of two persons under different documents; what each weighs stands in weights.toml.
    SAME_NAME = "same_name"
    OTHER_SURNAME = "other_surname"
    OTHER_GIVEN_NAME = "other_given_name"
    BIRTH_DATE_TURNED = "birth_date_turned"
    BIRTH_DATE_NEAR = "birth_date_near"
    SAME_GENDER = "same_gender"
    OTHER_GENDER = "other_gender"
    SAME_PHONE = "same_phone"
    SAME_CERTIFICATE = "same_certificate"
    OTHER_CERTIFICATE = "other_certificate"
    SAME_SCHOOL = "same_school"
    OTHER_SCHOOL = "other_school"
    NEAR_NUMBER = "near_number"
    OTHER_RESIDENT_NUMBER = "other_resident_number"
    OTHER_PERMIT_NUMBER = "other_permit_number"
    ANOTHER_PASSPORT = "another_passport"
    ANOTHER_KIND_OF_DOCUMENT = "another_kind_of_document"
    LIKE_TWINS = "like_twins"


@dataclass(frozen=True)
class Described:
    """One side of a pair: the name as written and its day of birth where it is known."""

    name: str
    birth_date: dt.date | None = None


def compare(on_record: Described, reported: Described, *, same_number: bool) -> tuple[float, list[str]]:
    """The score of a pair and its reasons, the strongest first."""
    likeness, why = likeness_of_names(on_record.name, reported.name)
    reasons = [Reason.SAME_NUMBER] if same_number else []
    reasons.append(why)
    birth = 0.5
    if on_record.birth_date and reported.birth_date:
        same = on_record.birth_date == reported.birth_date
        birth = 1.0 if same else 0.0
        reasons.append(Reason.SAME_BIRTH_DATE if same else Reason.OTHER_BIRTH_DATE)
    score = NUMBER * same_number + NAME * likeness + BIRTH * birth
    return round(score, 2), [str(reason) for reason in reasons]


def likeness_of_names(one: str, other: str) -> tuple[float, Reason]:
    """How alike two names are, from 0 to 1, and in what way.

    Characters in common as a share of both; more where the names are read alike (张伟, 张玮, Zhang Wei), where one is
    part of the other (买买提, 买买提·艾力), and where the same characters stand in another order.
    """
    left, right = letters(one), letters(other)
    share = SequenceMatcher(None, left, right, autojunk=False).ratio()
    if not left or not right:
        return 0.0, Reason.NAMES_DIFFER
    if read_alike(one, other):
        return max(share, READ_ALIKE), Reason.READ_ALIKE
    if sorted(left) == sorted(right):
        return max(share, PART_OF), Reason.SAME_CHARACTERS
    if min(len(left), len(right)) > 1 and (left in right or right in left):
        return max(share, PART_OF), Reason.PART_OF_NAME
    return share, Reason.NAMES_ALIKE if share >= ALIKE else Reason.NAMES_DIFFER

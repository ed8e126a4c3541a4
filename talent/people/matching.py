"""How likely two reports are of one human being: a score from 0 to 1 and the reasons behind it.

It ranks what an officer looks at and decides nothing. Pure: nothing here touches the database.
"""

import datetime as dt
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache
from itertools import islice, product

# The number alone says half: whoever mistypes a number rarely hits another's. The name says most of the rest.
NUMBER, NAME, BIRTH = 0.5, 0.4, 0.1
READ_ALIKE = 0.9
PART_OF = 0.8
ALIKE = 0.5
MOST_READINGS = 64

# As surnames these are read otherwise than elsewhere; general dictionaries do not tell.
SURNAMES = {
    "万俟": ("mo", "qi"),
    "尉迟": ("yu", "chi"),
    "澹台": ("tan", "tai"),
    "仇": ("qiu",),
    "任": ("ren",),
    "冼": ("xian",),
    "区": ("ou",),
    "华": ("hua",),
    "单": ("shan",),
    "员": ("yun",),
    "宁": ("ning",),
    "曾": ("zeng",),
    "朴": ("piao",),
    "查": ("zha",),
    "燕": ("yan",),
    "盖": ("ge",),
    "秘": ("bi",),
    "种": ("chong",),
    "纪": ("ji",),
    "缪": ("miao",),
    "翟": ("zhai",),
    "能": ("nai",),
    "葛": ("ge",),
    "覃": ("qin",),
    "解": ("xie",),
    "车": ("che",),
    "逄": ("pang",),
    "隗": ("wei",),
    "黑": ("he",),
}


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
    left, right = _letters(one), _letters(other)
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


def read_alike(one: str, other: str) -> bool:
    """Whether some reading of one name is some reading of the other; Latin names may begin with the surname or end."""
    return not readings(one).isdisjoint(readings(other))


@lru_cache(maxsize=4096)
def readings(name: str) -> frozenset[str]:
    """The ways in which a name may be read, as letters without tones or spaces."""
    text = _letters(name)
    if not any(_is_han(character) for character in text):
        words = [_letters(word) for word in unicodedata.normalize("NFKC", name).split()]
        return frozenset({"".join(words), "".join(words[1:] + words[:1]), "".join(words[-1:] + words[:-1])})
    # Its dictionary takes 57 MB, which a process that compares no names need not carry.
    from pypinyin import Style, pinyin

    surname = next((text[:length] for length in (2, 1) if text[:length] in SURNAMES), "")
    syllables: list[tuple[str, ...]] = [(part,) for part in SURNAMES.get(surname, ())]
    syllables += [tuple(each) for each in pinyin(text[len(surname) :], style=Style.NORMAL, heteronym=True)]
    return frozenset("".join(chosen).replace("ü", "v") for chosen in islice(product(*syllables), MOST_READINGS))


def _is_han(character: str) -> bool:
    return unicodedata.category(character) == "Lo"


def _letters(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(character for character in folded if unicodedata.category(character)[0] in "LM")

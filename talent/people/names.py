"""Names: how they are read, and in what way two of them are alike.

Pure: nothing here touches the database.
"""

import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import islice, product

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
_COMPOUND = "万俟尉迟澹台欧阳上官司马诸葛夏侯皇甫令狐司徒慕容东方公孙长孙宇文独孤南宫端木西门轩辕申屠钟离闻人"
COMPOUND = frozenset(_COMPOUND[place : place + 2] for place in range(0, len(_COMPOUND), 2))
"""Surnames of two characters."""

DOTS = "·•‧・･∙"


def read_alike(one: str, other: str) -> bool:
    """Whether some reading of one name is some reading of the other; Latin names may begin with the surname or end."""
    return not readings(one).isdisjoint(readings(other))


@lru_cache(maxsize=4096)
def readings(name: str) -> frozenset[str]:
    """The ways in which a name may be read, as letters without tones or spaces."""
    text = letters(name)
    if not any(_is_han(character) for character in text):
        words = [letters(word) for word in unicodedata.normalize("NFKC", name).split()]
        return frozenset({"".join(words), "".join(words[1:] + words[:1]), "".join(words[-1:] + words[:-1])})
    surname = next((text[:length] for length in (2, 1) if text[:length] in SURNAMES), "")
    syllables: list[tuple[str, ...]] = [(part,) for part in SURNAMES.get(surname, ())]
    syllables += map(_syllables, text[len(surname) :])
    return frozenset(map("".join, islice(product(*syllables), MOST_READINGS)))


def _is_han(character: str) -> bool:
    return unicodedata.category(character) == "Lo"


def letters(name: str) -> str:
    """``name`` without form: no spaces, dots or case."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(character for character in folded if unicodedata.category(character)[0] in "LM")


@lru_cache(maxsize=65_536)
def parts(name: str) -> tuple[str, ...]:
    """The first reading of each part of a name: surname and given name, or every word of one that is not Chinese."""
    text = unicodedata.normalize("NFKC", name).strip()
    for dot in DOTS:
        text = text.replace(dot, " ")
    words = [word for word in (letters(word) for word in text.split()) if word]
    if not any(_is_han(character) for word in words for character in word):
        return tuple(words)
    if len(words) > 1:
        return tuple(_read("", word) for word in words)
    [whole] = words or [""]
    length = 2 if whole[:2] in COMPOUND and len(whole) > 2 else 1
    return tuple(part for part in (_read(whole[:length], ""), _read("", whole[length:])) if part)


@lru_cache(maxsize=65_536)
def spelling(name: str) -> str:
    """What a name is filed under by its sound: the letters of its first reading in the order of the alphabet, so that
    neither the order of its words nor how they are joined makes a difference."""
    return "".join(sorted("".join(parts(name))))


def given_characters(name: str) -> str:
    """The given name as written, of a Chinese name; else nothing."""
    text = letters(name)
    if not text or any(dot in name for dot in DOTS) or not all(_is_han(character) for character in text):
        return ""
    return text[2:] if text[:2] in COMPOUND and len(text) > 2 else text[1:]


def much_alike(one: str, other: str) -> bool:
    """Whether two words differ by no more than a slip or two."""
    return min(len(one), len(other)) > 2 and SequenceMatcher(None, one, other, autojunk=False).ratio() >= 0.8


def _read(surname: str, given: str) -> str:
    return "".join((*SURNAMES.get(surname, tuple(map(_first_reading, surname))), *map(_first_reading, given)))


@lru_cache(maxsize=32_768)
def _syllables(character: str) -> tuple[str, ...]:
    """Every reading of a character, looked up alone: a name is no phrase, and by phrases readings would be lost."""
    if not _is_han(character):
        return (character,)
    # Its dictionary takes 57 MB, which a process that compares no names need not carry.
    from pypinyin import Style, pinyin

    return tuple(one.replace("ü", "v") for one in pinyin(character, style=Style.NORMAL, heteronym=True)[0])


@lru_cache(maxsize=32_768)
def _first_reading(character: str) -> str:
    if not _is_han(character):
        return character
    from pypinyin import Style, pinyin

    return pinyin(character, style=Style.NORMAL)[0][0].replace("ü", "v")

"""What an entry of the roster is found by: short words, kept in one ``tsvector`` under one GIN index.

A term is the reader (``0.`` the bureau, else the organisation's id in hexadecimal), one letter for what it says, and
its value: ``0.sverified``. So one reader's terms never meet another's, any filters combine in one look-up, and the end
of a name's term may be left open (``0.pzhangw:*``).
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import lru_cache
from itertools import islice, product

from backend.reference.folding import fold
from talent.people.names import SURNAMES

MOST_READINGS = 4
READINGS_OF_ONE = 2
MOST_PARTS = 12
UNSPECIFIED = "unspecified"


class Term(StrEnum):
    """What a term says; the letters of the terms of names are used by ``terms_of_name`` alone."""

    STATE = "s"
    ORGANISATION = "o"
    CREDITED = "k"
    PROGRAMME = "g"
    PATH = "w"
    DISTRICT = "d"
    SEGMENT = "m"
    TIER = "t"
    OUTCOME = "u"
    EDUCATION = "e"
    TITLE = "l"
    GENDER = "x"
    BORN = "z"
    COUNTED = "c"
    NOT_COUNTED = "n"
    BASIS = "b"
    SINCE = "y"
    REASON = "a"
    PHONE = "h"
    EXACT = "="
    NAME = "f"
    READING = "p"
    INITIALS = "i"


ANY = "*"
"""``COUNTED`` towards any target, or ``NOT_COUNTED`` towards none."""


def quoted(reader: int, term: Term, value: str, *, open_end: bool = False) -> str:
    """A term inside a ``tsquery``."""
    word = f"{reader:x}.{term}{value}".replace("\\", "\\\\").replace("'", "''")
    return f"'{word}'{':*' if open_end else ''}"


@lru_cache(maxsize=200_000)
def terms_of_name(name: str) -> tuple[str, ...]:
    """The terms of a name, without the reader: its parts, its readings, its initials.

    张伟 gives 张伟, 伟; zhangwei, wei; zw. A character that is read in more than one way is found by each; the first
    reading, a surname's own where it has one, is what a name is exactly.
    """
    key = name_key(name)
    words = _words(name)
    found = {f"{Term.EXACT}{key}"}
    letters = list(key)
    if any(_is_han(letter) for letter in letters):
        found |= {f"{Term.NAME}{key[at:]}" for at in range(min(len(letters), MOST_PARTS))}
        for place, syllables in enumerate(_readings(key)):
            whole = "".join(syllables)
            found |= {f"{Term.READING}{''.join(syllables[at:])}" for at in range(min(len(syllables), MOST_PARTS))}
            initials = "".join(one[:1] for one in syllables)
            found.add(f"{Term.INITIALS}{initials}")
            if not place:
                found |= {f"{Term.EXACT}{whole}", f"{Term.EXACT}{initials}"}
    else:
        found |= {f"{Term.READING}{''.join(words[at:])}" for at in range(min(len(words), MOST_PARTS))}
        initials = "".join(one[:1] for one in words)
        found |= {f"{Term.EXACT}{initials}", f"{Term.INITIALS}{initials}"}
    return tuple(sorted(term for term in found if len(term) > 1))


def name_key(name: str) -> str:
    """A name without its form: case, width, spaces and middle dots are no difference."""
    return re.sub(r"[·•‧∙⋅・.\-'’]", "", fold(name))


def name_query(reader: int, text: str) -> tuple[str, str]:
    """What finds a name of which ``text`` was typed, and what the names that are exactly it have.

    Characters are looked for anywhere in a name, letters at the beginning of a syllable or of a word, or as initials;
    parts that are set apart may come in any order. Empty where nothing was typed that a name could hold.
    """
    parts = []
    for word in _words(text):
        for run in re.findall(r"[a-z]+|[^a-z]+", word):
            if run[0].isascii():
                read = quoted(reader, Term.READING, run, open_end=True)
                parts.append(f"({read} | {quoted(reader, Term.INITIALS, run, open_end=True)})")
            else:
                parts.append(quoted(reader, Term.NAME, run, open_end=True))
    return " & ".join(parts), quoted(reader, Term.EXACT, name_key(text))


def all_of(queries: Iterable[str]) -> str:
    """A ``tsquery`` that asks for all of several."""
    return " & ".join(f"({query})" for query in queries)


def any_of(reader: int, term: Term, values: Sequence[str]) -> str:
    """A ``tsquery`` for one of several values."""
    return " | ".join(quoted(reader, term, value) for value in values)


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return [one for one in (re.sub(r"[^\w]|_", "", _plain(word)) for word in re.split(r"[\s·•‧∙⋅・]+", folded)) if one]


def _plain(text: str) -> str:
    """Letters without their accents: ``ü`` is read ``v`` in pinyin, and everything else as its plain letter."""
    return "".join(
        letter
        for letter in unicodedata.normalize("NFD", text.replace("ü", "v"))
        if unicodedata.category(letter) != "Mn"
    )


def _readings(key: str) -> list[tuple[str, ...]]:
    surname = next((key[:length] for length in (2, 1) if key[:length] in SURNAMES), "")
    known = [(part,) for part in SURNAMES.get(surname, ())]
    syllables = [tuple(dict.fromkeys((*one, *_syllables(key[at])))) for at, one in enumerate(known)]
    syllables += [_syllables(letter) for letter in key[len(known) :]]
    return list(islice(product(*syllables), MOST_READINGS))


@lru_cache(maxsize=50_000)
def _syllables(letter: str) -> tuple[str, ...]:
    """How a character is read, the usual way first; a letter or a digit stands for itself."""
    # Its dictionary takes 57 MB, which a process that makes no entries need not carry.
    from pypinyin import Style, pinyin

    [read] = pinyin(letter, style=Style.NORMAL, heteronym=True) or [[letter]]
    return tuple(dict.fromkeys(_plain(one.casefold()) for one in read))[:READINGS_OF_ONE]


def _is_han(letter: str) -> bool:
    return unicodedata.category(letter) == "Lo"

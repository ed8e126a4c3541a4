"""How a label, code or header is folded before it is compared: case, form and spaces are no difference."""

import re
import unicodedata
from functools import lru_cache

INVISIBLE = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f"  # control characters, which no database text may hold either
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff"
    "\U000e0000-\U000e01ef"
)
"""Characters that show nothing: the inside of a regular expression's character class."""

_DROPPED = re.compile(rf"[\s*{INVISIBLE}]+")


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """``text`` in the form in which labels, codes and headers are compared.

    NFKC (full-width forms, ``＊``), lower case, and no spaces, no ``*`` and no invisible characters at all; two texts
    that fold alike are the same label. The empty string comes back for a text that holds nothing else.
    """
    return _DROPPED.sub("", unicodedata.normalize("NFKC", text).casefold())

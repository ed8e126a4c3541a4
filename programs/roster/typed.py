"""What somebody typed who looks for a person."""

import re
import unicodedata
from enum import Enum, auto


class Kind(Enum):
    """What was typed."""

    NAME = auto()
    PHONE_END = auto()
    NUMBER = auto()


def plain(text: str) -> str:
    """What was typed without form: full-width characters, outer spaces."""
    return unicodedata.normalize("NFKC", text).strip()


def kind_of(text: str) -> Kind:
    """What was typed: whatever holds a digit is a number, of a document or a certificate, unless it is four digits."""
    text = plain(text)
    if re.fullmatch(r"[0-9]{4}", text):
        return Kind.PHONE_END
    return Kind.NUMBER if re.search(r"[0-9]", text) else Kind.NAME


def number(text: str) -> str:
    """A number as it is indexed: no spaces or dashes, capital letters."""
    return re.sub(r"[\s\-]", "", plain(text)).upper()

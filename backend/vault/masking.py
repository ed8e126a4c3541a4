"""What of a number may be shown: enough to find the cell it stands in, too little to know the person.

Screens, exports, logs, findings and task arguments carry masked numbers only.
"""

import re

STARS = 13
"""Never more stars than this, so that the mask of a long text stays short."""

HEAD_AND_TAIL = ((11, 3, 2), (7, 1, 2), (4, 1, 0), (0, 0, 0))
"""(from this length on, characters shown at the start, at the end)."""

_LONG_DIGITS = re.compile(r"(\d{3})(?:\s?\d){11,}\s?[\dXxＸｘ]")
_PARTED_DIGITS = re.compile(r"(\d{3})\d{3}[.\-·_/]\d{8}[.\-·_/]\d{3}[\dXxＸｘ]")
_TRAVEL = re.compile(r"(?<![A-Za-z0-9])([EGHKMeghkm])[A-Za-z]?\d{7,10}(?![A-Za-z0-9])")
_RESIDENCE_CARD = re.compile(r"(?<![A-Za-z0-9])([A-Za-z]{3})\d{12}(?![A-Za-z0-9])")

SUSPECT = r"(?:\d\s?){14}[\dXxＸｘ]|\d{6}[.\-·_/]\d{8}[.\-·_/]\d{3}|[EGHKMeghkm][A-Za-z]?\d{7}|[A-Za-z]{3}\d{12}"
"""What a text holds if :func:`scrub` may change it, in a form that column engines search too."""


def mask_number(text: str) -> str:
    """``text`` with all but its ends starred: ``520111198811039164`` gives ``520*************64``.

    The whole text is taken for one number, whatever it holds: what stands in the column of an identity number,
    a certificate number or a telephone number is masked even where it is no such thing.
    """
    text = text.strip()
    head, tail = next((head, tail) for least, head, tail in HEAD_AND_TAIL if len(text) >= least)
    return text[:head] + "*" * min(len(text) - head - tail, STARS) + text[len(text) - tail :]


def scrub(text: str) -> str:
    """``text`` with every run in it that could be an identity number masked.

    Runs of fifteen digits or more, a closing X included and single spaces between them passed over; a resident number
    parted into area, birth day and rest; the letters of passports and permits with seven to ten digits; three letters
    with twelve (older permanent residence cards). Dates beside each other are left alone.
    """
    text = _PARTED_DIGITS.sub(r"\1************", _LONG_DIGITS.sub(r"\1************", text))
    return _RESIDENCE_CARD.sub(r"\1************", _TRAVEL.sub(r"\1********", text))

"""Who is shown a name, and what others see instead."""

import unicodedata

from backend.accounts.models import User

READERS_OF_NAMES = frozenset({User.Role.PARTNER, User.Role.OFFICER})
STARS = 8


def may_read_names(actor: User) -> bool:
    """Whether names are shown to ``actor`` in full: partners (their own people's) and officers, nobody else."""
    return actor.role in READERS_OF_NAMES


def shown_name(name: str, actor: User) -> str:
    """``name`` as ``actor`` may see it."""
    return name if may_read_names(actor) else mask_name(name)


def mask_name(name: str) -> str:
    """``name`` with all but its first character starred: ``欧阳娜娜`` gives ``欧***``, ``Zhang Wei`` ``Z**** W**``."""
    words = []
    for word in name.split():
        rest = sum(not unicodedata.combining(character) for character in word) - 1
        words.append(word[:1] + "*" * min(rest, STARS) if rest else "*" if words else word)
    return " ".join(words)

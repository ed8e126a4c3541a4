"""Who is shown a name, and what others see instead."""

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
    """``name`` with all but the first character of each word starred: ``欧阳娜娜`` gives ``欧***``, ``Zhang Wei``
    ``Z**** W**``; a word of one character is starred whole."""
    return " ".join(word[:1] + "*" * min(len(word) - 1, STARS) if len(word) > 1 else "*" for word in name.split())

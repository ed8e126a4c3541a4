"""What is shown in the reader's language of what has a name in two."""

from django.utils.translation import get_language


def in_english() -> bool:
    """Whether the reader's language is English."""
    return (get_language() or "").startswith("en")


def in_language(name_zh: str, name_en: str) -> str:
    """The name in the reader's language; what has no English name goes by its Chinese one."""
    return (name_en if in_english() else "") or name_zh

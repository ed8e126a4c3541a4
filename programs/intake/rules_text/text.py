"""The shape of a rule's words."""

from collections.abc import Mapping
from typing import NamedTuple

Said = tuple[str, str]
"""A text in Chinese and in English."""


class Text(NamedTuple):
    """The words of one rule; ``reasons`` are messages for the findings whose params give that reason."""

    title: Said
    message: Said
    intent: Said
    guidance: Said
    reasons: Mapping[str, Said] = {}

"""What was spent on campaigns."""

from collections.abc import Iterable, Mapping


def spent(codes: Iterable[str]) -> Mapping[str, int]:
    """By code of a campaign's programme, what was spent on it in fen; without a budget it is left out."""
    return {}

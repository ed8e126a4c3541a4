"""The certificates' numbers, masked: the room that keeps a record keeps them sealed with it, and offers them here."""

from collections.abc import Callable, Iterable, Mapping

Source = Callable[[Iterable[int]], Mapping[int, Mapping[str, str]]]

_sources: list[Source] = []


def number_source(source: Source) -> Source:
    """Register ``source(record_ids)``: by record, by kind of credential, the masked number of its certificate."""
    if source not in _sources:
        _sources.append(source)
    return source


def masked_numbers(record_ids: Iterable[int]) -> dict[int, dict[str, str]]:
    """By record and kind, the masked numbers of the certificates; records that gave none are left out."""
    ids = list(record_ids)
    found: dict[int, dict[str, str]] = {}
    for source in _sources:
        for record, numbers in source(ids).items():
            found.setdefault(record, {}).update(numbers)
    return found

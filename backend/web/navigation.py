"""What stands in the pages' head, by role. A room registers its entries in its ``web`` module."""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Entry:
    """A page that the head leads to; ``place`` says in which order."""

    place: int
    label: str | Promise
    url_name: str
    icon: str
    roles: frozenset[str]


_entries: list[Entry] = []


def register(place: int, label: str | Promise, url_name: str, icon: str, roles: str) -> None:
    """Put a page into the head.

    Args:
        place: the lower, the further to the front.
        label: a lazy translation.
        url_name: such as ``web:submissions``.
        icon: a name of the heroicons.
        roles: parted by spaces.
    """
    _entries.append(Entry(place, label, url_name, icon, frozenset(roles.split())))


def entries(role: str) -> list[Entry]:
    """The entries of a role, in order."""
    return sorted((one for one in _entries if role in one.roles), key=lambda one: one.place)

"""What stands in the pages' head, by role. A room registers its entries in its ``web`` module."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

SETUP = lazy("Set-up")
"""The group of what is set up once and looked at now and then."""

EXAMINING = lazy("Examine")
"""The group of what is looked into one by one: whether two are one, whether a certificate is true."""

TRAINING = lazy("Training")
"""The group of what is laid down for training and how it goes."""

RECRUITMENT = lazy("Recruitment")
"""The group of what employers need, and whom they would like to bring in."""

PARTNERS = lazy("Partners")
"""The group of who owes what, who is late, what they were reminded of, and how they do."""

PUBLISHED = lazy("Publications")
"""The group of what is put down in writing as it stood on a day."""

ICONS = {
    SETUP: "cog-6-tooth",
    EXAMINING: "magnifying-glass",
    TRAINING: "academic-cap",
    RECRUITMENT: "user-plus",
    PARTNERS: "building-library",
    PUBLISHED: "book-open",
}
"""The groups' own icons."""

SIDE_BY_SIDE = 8
"""So many entries stand side by side in the head; where a role has more, each group folds into a menu."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A page that the head leads to; ``place`` says in which order, ``group`` with which others it may be folded.

    ``writes``: it is for those who may write.
    """

    place: int
    label: str | Promise
    url_name: str
    icon: str
    roles: frozenset[str]
    group: str | Promise = ""
    writes: bool = False


_entries: list[Entry] = []


def register(
    place: int,
    label: str | Promise,
    url_name: str,
    icon: str,
    roles: str,
    group: str | Promise = "",
    *,
    writes: bool = False,
) -> None:
    """Put a page into the head.

    Args:
        place: the lower, the further to the front.
        label: a lazy translation.
        url_name: such as ``web:submissions``.
        icon: a name of the heroicons.
        roles: parted by spaces.
        group: such as ``SETUP``: entries that fold into one menu where a role has too many to stand side by side.
        writes: not shown to whoever may only read.
    """
    _entries.append(Entry(place, label, url_name, icon, frozenset(roles.split()), group, writes))


@dataclass(frozen=True, slots=True)
class Search:
    """The search box in the head: where what is typed is sent, by POST, because it may be an identity number."""

    url_name: str
    label: str | Promise
    roles: frozenset[str]


_searches: list[Search] = []


def register_search(url_name: str, label: str | Promise, roles: str) -> None:
    """Put a search box into the head for some roles; arguments as for ``register``."""
    _searches.append(Search(url_name, label, frozenset(roles.split())))


@dataclass(frozen=True, slots=True)
class Counter:
    """A page that the head leads everybody to, with how much waits there; ``most`` stands for more.

    One that is ``quiet`` stands there only while something waits.
    """

    url_name: str
    label: str | Promise
    icon: str
    count: Callable[[Any], int]
    most: int
    quiet: bool = False


_counters: list[Counter] = []


def register_counter(
    url_name: str, label: str | Promise, icon: str, count: Callable[[Any], int], *, most: int, quiet: bool = False
) -> None:
    """Put a page with a number into the head; ``count(user)`` is asked with every page, and so must cost next to
    nothing. One that is ``quiet`` is left out while the number is nought."""
    _counters.append(Counter(url_name, label, icon, count, most, quiet))


def counters() -> list[Counter]:
    """The pages with numbers."""
    return _counters


def search(role: str) -> Search | None:
    """The search box of a role, if it has one."""
    return next((one for one in _searches if role in one.roles), None)


def entries(role: str, read_only: bool = False) -> list[Entry]:
    """The entries of a role, in order."""
    shown = (one for one in _entries if role in one.roles and not (one.writes and read_only))
    return sorted(shown, key=lambda one: one.place)

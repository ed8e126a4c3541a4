"""What others know of a person: rooms above this one offer it here, so that none of them has to be imported.

A source is registered once, in its room's ``handlers`` module, and is asked under the reader's scope.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from backend.accounts.models import User
from talent.people.models import Person


@dataclass(frozen=True)
class Event:
    """Something that happened to a person's reports or to their count.

    ``event`` is a word of the field (reported, verified, counted …); ``detail`` what else there is to say of it.
    """

    at: dt.datetime
    event: str
    detail: dict[str, Any] = field(default_factory=dict)


TimelineSource = Callable[[Person, User], Iterable[Event]]
SectionSource = Callable[[Person, User], Sequence[dict[str, Any]]]

_timeline: list[TimelineSource] = []
_sections: dict[str, SectionSource] = {}


def timeline_source(source: TimelineSource) -> TimelineSource:
    """Register ``source(person, actor)``, which gives the events that the actor may see."""
    if source not in _timeline:
        _timeline.append(source)
    return source


def section(name: str) -> Callable[[SectionSource], SectionSource]:
    """Register ``source(person, actor)`` as the list called ``name`` of a person's page.

    Raises:
        ValueError: another source has the name.
    """

    def register(source: SectionSource) -> SectionSource:
        if _sections.setdefault(name, source) is not source:
            raise ValueError(f"Two sources for the section “{name}” of a person.")
        return source

    return register


def timeline(person: Person, actor: User) -> list[Event]:
    """Every event of a person that ``actor`` may see, in the order of time."""
    return sorted((event for source in _timeline for event in source(person, actor)), key=lambda event: event.at)


def sections(person: Person, actor: User) -> dict[str, Sequence[dict[str, Any]]]:
    """The lists that others add to a person's page."""
    return {name: source(person, actor) for name, source in _sections.items()}

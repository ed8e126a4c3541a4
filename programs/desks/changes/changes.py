"""What has changed lately, told on a page; until somebody has read it the head says that there is something new."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from backend.accounts import services
from backend.accounts.models import User
from backend.web.base import EVERYONE, Page

FILE = Path(__file__).with_name("changes.toml")


@dataclass(frozen=True, slots=True)
class Change:
    """One entry: what is new, in both languages, and for which roles."""

    number: int
    day: date
    roles: frozenset[str]
    said: dict[str, dict[str, str]]

    def _in(self, language: str) -> dict[str, str]:
        return self.said["en" if language.startswith("en") else "zh"]

    @property
    def title(self) -> str:
        """What is new, in the reader's language."""
        return self._in(get_language() or "")["title"]

    @property
    def text(self) -> str:
        """More of it, in the reader's language."""
        return self._in(get_language() or "")["text"]


@cache
def changes() -> tuple[Change, ...]:
    """Every entry of the file, the latest first."""
    with FILE.open("rb") as file:
        told = tomllib.load(file)["change"]
    found = [
        Change(
            one["number"],
            one["day"],
            frozenset(one.get("roles", EVERYONE.split())),
            {name: one[name] for name in ("zh", "en")},
        )
        for one in told
    ]
    return tuple(sorted(found, key=lambda one: -one.number))


def concerning(user: User) -> list[Change]:
    """The entries for the user's role, the latest first."""
    return [one for one in changes() if user.role in one.roles]


def unread(user: User) -> int:
    """How many entries the user has not read; asks the database nothing."""
    return sum(one.number > user.read_changes for one in concerning(user))


class Changes(Page):
    """What has changed, the latest first; opening it is reading it."""

    roles = {"GET": EVERYONE}
    template = "desks/changes.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        read = self.actor.read_changes
        told = [{"change": one, "unread": one.number > read} for one in concerning(self.actor)]
        if told:
            services.note_own(actor=self.actor, read_changes=told[0]["change"].number)
            self.actor.read_changes = max(read, told[0]["change"].number)
        return self.show(told=told)
